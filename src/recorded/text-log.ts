import { BodyFinder } from "./find-bodies.ts";
import { type Found, type Line, type RecordReader, timeOf } from "./recorded-call.ts";

/** `2026-03-02 14:20:05`, with or without T, fraction and zone. */
const MOMENT =
  /\b(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,]\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})?/;

/**
 * A log of bodies or addresses among other text. The time is the last one written before or on the
 * line; without a zone it counts as UTC.
 */
export class TextLog implements RecordReader {
  readonly #finder = new BodyFinder();
  #receivedAt: number | undefined;

  read({ number: line, text, isTooLong }: Line): readonly Found[] {
    if (isTooLong) return [{ line, calls: [] }];
    this.#receivedAt = momentIn(text) ?? this.#receivedAt;
    const receivedAt = this.#receivedAt;
    const bodies = this.#finder.push(Buffer.from(text, "latin1").toString("utf8"));
    // A call of nobody knows when could be taken for news.
    return bodies.map((body) => ({
      line,
      calls: receivedAt === undefined ? [] : [body(receivedAt)],
    }));
  }

  end(): readonly Found[] {
    return [];
  }
}

function momentIn(text: string): number | undefined {
  const [, date, time, zone = "Z"] = MOMENT.exec(text.slice(0, 500)) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const offset = zone === "Z" ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  return timeOf(Date.parse(`${date}T${time}${offset}`));
}
