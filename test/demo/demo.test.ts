import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { hasJudges, judge } from "../../integrations/ledger-file/testing/judges.ts";
import { type DemoOptions, runDemo } from "../../src/demo/demo.ts";
import type { Places } from "../../src/demo/demo-words.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { runBellhop } from "../simulate/run-bellhop.ts";

const ROUND_MS = 120_000;

function demo(options: Partial<DemoOptions> = {}) {
  const outputFolder = join(temporaryFolder(), "demo-output");
  let text = "";
  const ended = runDemo({
    seed: 17,
    isOnce: true,
    outputFolder,
    environment: (name) => (name === "PORT" ? "0" : undefined),
    signal: new AbortController().signal,
    isColoured: false,
    write: (more) => (text += more),
    ...options,
  });
  return { ended, outputFolder, text: () => text };
}

/** A server on loopback that counts who comes; the demo must never. */
let trap: Server;
let visits = 0;
beforeEach(async () => {
  visits = 0;
  trap = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => trap.close(resolve));
});

describe("one round of the demo", () => {
  it(
    "mails vouchers, tells each thing in a line, and leaves the mails as files",
    async () => {
      const temporary = temporaryFolder();
      vi.stubEnv("TMPDIR", temporary);

      const { ended, outputFolder, text } = demo();
      await ended;

      const told = text();
      const files = readdirSync(outputFolder);
      const counts = /(\d+) mails, (\d+) of them with a voucher/.exec(told)?.slice(1).map(Number);
      const [mails = 0, vouchers = 0] = counts ?? [];
      expect(vouchers).toBeGreaterThan(10);
      expect(files.filter((name) => name.endsWith(".txt")).length).toBe(mails);
      expect(files.filter((name) => name.endsWith(".pdf")).length).toBe(vouchers);
      const mailed =
        /→ (voucher \d|cancellation \d|reminder "reminder") mailed to \S+@example\.com/g;
      expect(told.match(mailed)?.length).toBe(mails);
      expect(told).toMatch(/booking \d+: reminder: 48 hours before the start → reminder /);
      expect(told).toMatch(/booking \d+ confirmed → voucher 1 mailed to /);
      const books = join(outputFolder, "books");
      expect(told).toContain(`hledger -f ${join(books, "main.journal")} balance`);
      expect(told).toMatch(/books of booking \d+ → invoice 1 over EUR \d/);
      expect(Number(/(\d+) times something came into the books/.exec(told)?.[1])).toBeGreaterThan(
        5,
      );
      if (hasJudges) await judge(books);
      for (const name of files.filter((file) => file.endsWith(".pdf"))) {
        expect(readFileSync(join(outputFolder, name)).subarray(0, 5).toString()).toBe("%PDF-");
      }

      const repeats = Number(/(\d+) of them repeats/.exec(told)?.[1]);
      expect(repeats).toBeGreaterThan(3);
      // Two calls of one booking that wait together are fetched once: the first one says nothing then.
      const saidBefore = told.match(/said before → nothing to do/g)?.length;
      expect(saidBefore).toBeGreaterThanOrEqual(repeats);
      expect(told).toContain("0 that need a person");
      const left = readdirSync(temporary).filter((name) => name.startsWith("bellhop-demo-"));
      expect(left).toEqual([]);
    },
    ROUND_MS,
  );

  it(
    "looks at PORT and HOST, and at nothing else of the user's environment",
    async () => {
      const asked = new Set<string>();
      const stop = new AbortController();
      const environment = (name: string) => {
        asked.add(name);
        return name === "PORT" ? "0" : undefined;
      };

      const { ended } = demo({ environment, signal: stop.signal, onReady: () => stop.abort() });
      await ended;

      expect([...asked].sort()).toEqual(["HOST", "PORT"]);
    },
    ROUND_MS,
  );
});

describe("the demo without end", () => {
  it(
    "shows mails on its page within seconds, and goes when it is told to",
    async () => {
      const stop = new AbortController();
      let page = "";
      const onReady = ({ mailPort }: Places) => {
        const timer = setInterval(() => {
          void fetch(`http://127.0.0.1:${mailPort}`)
            .then((response) => response.text())
            .then((text) => {
              page = text;
              if (!text.includes("/mails/1.pdf")) return;
              clearInterval(timer);
              stop.abort();
            })
            .catch(() => undefined); // the page has gone in the meantime
        }, 100);
      };

      const { ended, text } = demo({ isOnce: false, signal: stop.signal, onReady });
      await ended;

      expect(page).toMatch(/\d+ mails? so far/);
      expect(text()).toContain("Ctrl-C ends it.");
      expect(text()).toContain('Next: "bellhop init"');
    },
    ROUND_MS,
  );

  it(
    "says which port to use when its own is taken",
    async () => {
      const { port } = trap.address() as AddressInfo;
      const environment = (name: string) => (name === "PORT" ? String(port) : undefined);

      const { ended } = demo({ environment });

      await expect(ended).rejects.toThrow(
        new RegExp(`port ${port} is taken .* PORT=${port + 10} npm run demo`),
      );
    },
    ROUND_MS,
  );
});

it(
  "bellhop demo --once reaches nothing that bellhop.yaml or .env name",
  async () => {
    const folder = temporaryFolder();
    const { port } = trap.address() as AddressInfo;
    const real = { apiBaseUrl: `http://127.0.0.1:${port}` };
    const config = {
      connections: { fjord: { source: "no-such-thing", tokens: ["x"], settings: real } },
    };
    writeFileSync(join(folder, "bellhop.yaml"), JSON.stringify(config));
    writeFileSync(
      join(folder, ".env"),
      `PORT=0\nSMTP_URL=smtp://127.0.0.1:${port}\nDATABASE_URL=mysql://a:b@127.0.0.1:${port}/c\n`,
    );

    const { code, stdout, stderr } = await runBellhop(["demo", "--once", "--seed", "3"], {
      cwd: folder,
    });

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/\d+ calls \(\d+ of them repeats\), answered \d+ × 200\./);
    expect(readdirSync(folder).sort()).toEqual([".env", "bellhop.yaml", "demo-output"]);
    expect(visits).toBe(0);
  },
  ROUND_MS,
);
