import { expect, it } from "vitest";

import { patienceText, stayText } from "../../src/simulate/stay-words.ts";

it("who waits for Bellhop is told what ends the wait", () => {
  expect(patienceText(60, false)).toBe(
    "Bellhop is still at work. The simulated systems answer its questions for up to 60 s; " +
      "Ctrl-C ends it.\n",
  );
});

it("systems that stay are not said to end with the wait", () => {
  expect(patienceText(60, true)).toBe(
    "Bellhop is still at work. What became of the calls is shown in 60 s at the latest.\n",
  );
});

it("systems that stay name the commands to try, for each connection", () => {
  expect(stayText(["fjord", "bikes-test"])).toBe(
    [
      "The simulated systems go on answering until Ctrl-C. To try in another terminal:",
      "  bellhop import fjord          learns the bookings made before",
      "  bellhop reconcile fjord       finds what no call told",
      "  bellhop import bikes-test     learns the bookings made before",
      "  bellhop reconcile bikes-test  finds what no call told",
      "",
    ].join("\n"),
  );
});
