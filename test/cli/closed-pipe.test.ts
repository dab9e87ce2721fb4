import { expect, it } from "vitest";

import { temporaryFolder } from "../harness/servers.ts";
import { startBellhop } from "../simulate/run-bellhop.ts";

it("whoever stops reading what a command says does not break it", async () => {
  const running = startBellhop(["--help"], { cwd: temporaryFolder() });
  running.child.stdout?.destroy();

  const { code, stderr } = await running.finished;

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
