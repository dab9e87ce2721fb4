import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

import { describe, expect, it } from "vitest";

import { BOOKING_STATUSES } from "../booking.ts";
import { type AnyEvent, EVENT_TYPES, type EventType } from "../booking-event.ts";
import type { HandlerContext } from "../context.ts";
import { kindOf } from "../errors.ts";
import type { Handler, Integration } from "../integration.ts";
import type { Delivery, Notice } from "../source.ts";
import { delivery, memoryLedger, sourceContext } from "./builders.ts";

export interface ContractOptions {
  /** Settings that the integration's schema accepts. */
  settings?: Record<string, unknown>;
  /** Fixtures that are not deliveries, such as API answers: folders or beginnings of file names. */
  ignore?: readonly string[];
  /** An event for each handler, and the tools it needs besides the ledger. */
  handlers?: Readonly<
    Record<string, { event: AnyEvent; context: Omit<HandlerContext<unknown>, "effect" | "ledger"> }>
  >;
}

const README_SECTIONS = ["What it does", "Settings"];

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- no type fits every plug-in's settings
type AnyIntegration = Integration<any>;

/** What every integration promises, as a suite: call it from a test beside the integration. */
export function checkIntegration(folder: string, options: ContractOptions = {}): void {
  const load = async () => {
    const entry = ["index.ts", "index.js"].map((name) => join(folder, name)).find(existsSync);
    const module = (await import(pathToFileURL(entry ?? folder).href)) as {
      default: AnyIntegration;
    };
    return module.default;
  };
  describe(`the contract of ${basename(folder)}`, () => {
    checkManifest(folder, load);
    checkReadme(folder, load);
    checkFixtures(folder, options, load);
    checkHandlers(options, load);
  });
}

type Load = () => Promise<AnyIntegration>;

function checkManifest(folder: string, load: Load): void {
  it("its folder is named like its id", async () => {
    const { manifest } = await load();

    expect(manifest.id).toBe(basename(folder));
    expect(manifest.name).not.toBe("");
  });

  it("a setting that it does not know is refused", async () => {
    const { config } = await load();

    const result = config.safeParse({ "no such setting": 1 });

    const codes = result.error?.issues.map(({ code }) => code) ?? [];
    expect(codes).toContain("unrecognized_keys");
  });
}

function checkReadme(folder: string, load: Load): void {
  it("its README has the usual sections and names every setting", async () => {
    const { config } = await load();
    const readme = readFileSync(join(folder, "README.md"), "utf8");

    const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(expect.arrayContaining(README_SECTIONS));
    for (const setting of settingsOf(config)) expect(readme).toContain(`\`${setting}`);
  });

  it("every setting says what it is for", async () => {
    const { config } = await load();

    const silent = Object.entries(shapeOf(config)).filter(([, schema]) => !describes(schema));
    expect(silent.map(([name]) => name)).toEqual([]);
  });
}

interface Described {
  description?: string;
  _zod: {
    def: { type: string; shape?: Record<string, Described>; innerType?: Described; in?: Described };
  };
}

function shapeOf(schema: unknown): Record<string, Described> {
  const { def } = (schema as Described)._zod;
  return def.shape ?? ((def.innerType ?? def.in) ? shapeOf(def.innerType ?? def.in) : {});
}

function settingsOf(schema: unknown): string[] {
  return Object.keys(shapeOf(schema));
}

function describes({ description, _zod: { def } }: Described): boolean {
  if (description !== undefined) return true;
  const inner = def.innerType ?? def.in;
  return inner !== undefined && describes(inner);
}

function checkFixtures(folder: string, options: ContractOptions, load: Load): void {
  const fixtures = join(folder, "fixtures");
  const names = existsSync(fixtures) ? deliveryFiles(fixtures, options.ignore ?? []) : [];
  it.runIf(names.length > 0).each(names)(
    "%s is understood, or refused with a reason",
    async (name) => {
      const { source, config } = await load();
      const context = sourceContext(config.parse(options.settings ?? {}));
      const given = deliveryOf(name, readFileSync(join(fixtures, name)));

      let notices: Notice[];
      try {
        notices = source?.read(given, context) ?? [];
      } catch (error) {
        expect(kindOf(error), String(error)).toBeDefined();
        return;
      }

      expect(notices.length).toBeGreaterThan(0);
      for (const notice of notices) expectWellFormed(notice);
    },
  );
}

function deliveryFiles(folder: string, ignored: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(query|form|json)$/.test(name) && name !== "index.json")
    .filter((name) => !ignored.some((beginning) => name.startsWith(beginning)));
}

function deliveryOf(name: string, bytes: Buffer): Delivery {
  if (name.endsWith(".query")) return delivery({ query: bytes.toString("latin1") });
  const type = name.endsWith(".form") ? "application/x-www-form-urlencoded" : "application/json";
  return delivery({ method: "POST", headers: { "content-type": type }, body: bytes });
}

function expectWellFormed({ subject, announcement, view }: Notice): void {
  if (subject.kind === "booking") expect(subject.reference).not.toBe("");
  if (announcement.type !== undefined) expect(EVENT_TYPES).toContain(announcement.type);
  // What is stored goes through JSON and must come back the same.
  expect(JSON.parse(JSON.stringify(announcement.native))).toEqual(announcement.native);
  if (view?.status !== undefined) expect(BOOKING_STATUSES).toContain(view.status);
  for (const amount of [view?.totals?.total, view?.totals?.paid, view?.balance]) {
    if (amount) expect(Number.isSafeInteger(amount.amountMinor)).toBe(true);
  }
}

function checkHandlers({ settings = {}, handlers = {} }: ContractOptions, load: Load): void {
  it.runIf(Object.keys(handlers).length > 0).each(Object.keys(handlers))(
    "handler %s run twice leaves each effect once",
    async (id) => {
      const { handlers: all = [], config } = await load();
      const handler = all.find((one) => one.id === id) as Handler<unknown, EventType> | undefined;
      const { event, context } = handlers[id] ?? {};
      if (!handler || !event || !context) throw new Error(`there is no handler ${id}`);
      const ledger = memoryLedger();
      const run = async () =>
        handler.handle(event, {
          ...context,
          config: config.parse(settings),
          effect: ledger.effect,
          ledger: ledger.entries(),
        });

      const first = await run();
      const second = await run();

      expect([first, second].every((result) => "done" in result || "skipped" in result)).toBe(true);
      expect(ledger.performed).toEqual([...new Set(ledger.performed)]);
      expect(ledger.performed.length).toBeGreaterThan(0);
    },
  );
}
