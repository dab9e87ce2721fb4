import { z } from "zod";

import { type Found, type Line, type RecordReader, timeOf } from "./recorded-call.ts";

/** As the API shows a delivery, so that calls can be taken from one Bellhop to another. */
const JsonCall = z.looseObject({
  receivedAt: z.union([z.number(), z.iso.datetime({ offset: true }).transform(Date.parse)]),
  method: z.enum(["GET", "POST"]).default("GET"),
  query: z.string().default(""),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(""),
  bodyEncoding: z.enum(["utf-8", "latin1", "base64"]).default("utf-8"),
});

/** One JSON object a line: `{ receivedAt, method, query, headers, body }`. */
export const jsonLines: RecordReader = {
  read: (line) => found(line),
  end: () => [],
};

export function isJsonLine(text: string): boolean {
  return readJson(text) !== undefined;
}

function found({ number: line, text, isTooLong }: Line): readonly Found[] {
  if (text.trim() === "" && !isTooLong) return [];
  const call = readJson(text);
  const receivedAt = call && timeOf(call.receivedAt);
  if (!call || receivedAt === undefined) return [{ line, calls: [] }];
  const { method, query, headers, body, bodyEncoding } = call;
  const rawHeaders = Object.entries(headers).flat();
  return [
    {
      line,
      calls: [{ receivedAt, method, query, rawHeaders, body: Buffer.from(body, bodyEncoding) }],
    },
  ];
}

function readJson(text: string): z.output<typeof JsonCall> | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return JsonCall.safeParse(JSON.parse(Buffer.from(text, "latin1").toString("utf8"))).data;
  } catch {
    return undefined;
  }
}
