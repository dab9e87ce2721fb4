import { afterEach, describe, expect, it } from "vitest";

import { delivery, memoryLog, sourceContext } from "#sdk/testing";

import { fetchBooking } from "./api-view.ts";
import { planyoServer, type PlanyoServer, readFixture, settings, told } from "./testing.ts";
import { read } from "./source.ts";
import { fixture } from "./testing.ts";

let server: PlanyoServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const TRUE = "1783173600"; // 2026-07-04 16:00 in Madrid
const WALL = "1783180800"; // 2026-07-04 16:00 counted as if it were UTC

/** Looks a booking up after a call that gave this start; the API shows that text. */
async function look(
  start: string | undefined,
  text: unknown,
  learned: Record<string, string> = {},
) {
  server ??= await planyoServer(() => told({ status: 7, start_time: text }));
  Object.assign(server.learned, learned);
  await fetchBooking("123", start === undefined ? {} : { start }, server.context());
  return server.learned;
}

describe("what the timestamps of a site mean", () => {
  it.each([
    [TRUE, "true_epoch"],
    [WALL, "wall_clock"],
  ])("is learned from a booking that starts at %s: %s", async (start, meaning) => {
    expect(await look(start, "2026-07-04 16:00:00")).toEqual({
      timestamps: meaning,
      timestampsProof: "reservation 123 starts 16:00 local",
    });
  });

  it.each([
    ["the booking was moved in between", TRUE, "2026-07-05 16:00:00"],
    ["the API answers with a number, too", TRUE, Number(TRUE)],
    ["the API shows no start", TRUE, undefined],
    ["the call gave no start", undefined, "2026-07-04 16:00:00"],
    ["the call gave a text", "2026-07-04", "2026-07-04 00:00:00"],
  ])("stays open when %s", async (_title, start, text) => {
    expect(await look(start, text)).toEqual({});
  });

  it("is not asked where a setting says it", async () => {
    server = await planyoServer(() => told({ status: 7, start_time: "2026-07-04 16:00:00" }));

    const context = server.context({ timestamps: "true_epoch" });
    await fetchBooking("123", { start: WALL }, context);

    expect(server.learned).toEqual({});
  });

  it("keeps its first proof while bookings agree with it", async () => {
    const known = { timestamps: "wall_clock", timestampsProof: "reservation 1 starts 10:00 local" };

    expect(await look(WALL, "2026-07-04 16:00:00", known)).toEqual(known);
    expect(server?.logLines).toEqual([]);
  });

  it("is learned anew, with a warning, when a booking contradicts it", async () => {
    const learned = await look(TRUE, "2026-07-04 16:00:00", { timestamps: "wall_clock" });

    expect(learned).toEqual({
      timestamps: "true_epoch",
      timestampsProof: "reservation 123 starts 16:00 local",
    });
    expect(server?.logLines.join()).toContain("are not what they seemed to be");
  });
});

describe("a call about a booking", () => {
  const NAME = "40_timezone_wall_clock_epoch.form";

  function readWith(learned: Record<string, string>, timestamps = "auto") {
    const config = settings({ apiKey: "k", timestamps });
    const post = delivery({ method: "POST", body: fixture(NAME) });
    return read(post, { ...sourceContext(config), learned, log: memoryLog() })[0];
  }

  it("hands its start to the look that follows, while the setting is auto", () => {
    expect(readFixture(NAME, { apiKey: "k" }).fetch).toEqual({ start: WALL });
    expect(readWith({ timestamps: "wall_clock" })?.fetch).toEqual({ start: WALL });
    expect(readWith({}, "wall_clock")?.fetch).toEqual({});
  });

  it("is read by what was learned", () => {
    expect(readWith({})?.view?.start?.time).toBe("18:00");
    expect(readWith({ timestamps: "wall_clock" })?.view?.start?.time).toBe("16:00");
    expect(readWith({ timestamps: "nonsense" })?.view?.start?.time).toBe("18:00");
    expect(readWith({ timestamps: "wall_clock" }, "true_epoch")?.view?.start?.time).toBe("18:00");
  });
});
