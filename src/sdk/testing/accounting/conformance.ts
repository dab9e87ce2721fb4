import { describe, expect, it } from "vitest";

import { accountingParts } from "../../accounting/handlers.ts";
import type { AccountingSettings } from "../../accounting/settings.ts";
import type {
  AccountingTarget,
  BooksView,
  Posting,
  TargetContext,
} from "../../accounting/target.ts";
import type { AccountRole } from "../../accounting/document.ts";
import type { HttpClient, HttpRequest } from "../../context.ts";
import type { Integration } from "../../integration.ts";
import { formatAmount } from "../../money.ts";
import type { OAuthTokens } from "../../oauth.ts";
import { memoryLog, memoryTokens, nothingElse } from "../builders.ts";
import { Kills, killedAtEach, untilDone } from "../kills.ts";
import { changeStories } from "./change-stories.ts";
import { AccountingDesk } from "./desk.ts";
import { marketStories } from "./market-stories.ts";
import { moneyStories } from "./money-stories.ts";
import {
  type AccountingStory,
  FIRST_DAY,
  STORY_SETTINGS,
  storyBooking,
  type StoryStep,
} from "./story.ts";

export const ACCOUNTING_STORIES: readonly AccountingStory[] = [
  ...moneyStories,
  ...changeStories,
  ...marketStories,
];

/** A story is told once for every call of it, and a real server takes some seconds for each telling. */
const TOLD_OFTEN = { timeout: 15 * 60_000 };

/** What a target's test brings along. */
export interface AccountingConformance<Config extends AccountingSettings> {
  integration: Integration<Config>;
  target: AccountingTarget<Config>;
  /** Reaches the real thing, or what stands for it. */
  http: HttpClient;
  /** Where the target is one that somebody connects. */
  tokens?: OAuthTokens;
  /** A fresh folder for each story. */
  dataFolder(): string;
  /** The target's own settings, without those of the kit. Asked when a story begins. */
  settings(): Record<string, unknown>;
  /** Looks at the target's own state after each story, by other means. */
  inspect?(config: Config, dataFolder: string): Promise<void>;
  /** Stories that are told; absent: all. A real server takes its time for each. */
  told?: (title: string) => boolean;
  /** Titles that this target cannot do, with the reason. */
  cannot?: Readonly<Record<string, string>>;
  /** Stories in which every call is broken off once; absent: all. Each takes its time. */
  killed?: (title: string) => boolean;
}

/**
 * What every accounting target has to do, as a suite: the same stories for all, read back from the
 * target itself. In the second part the process dies before and after each outside call in turn.
 */
export function checkAccountingTarget<Config extends AccountingSettings>(
  conformance: AccountingConformance<Config>,
): void {
  const { cannot = {}, told = () => true, killed = () => true } = conformance;
  const possible = ACCOUNTING_STORIES.filter(({ title }) => !(title in cannot));
  const stories = possible.filter(({ title }) => told(title));
  describe("the stories of accounting", () => {
    it.each(stories)("$title", async (story) => {
      const told = await tell(conformance, story, new Kills());
      await expectBooks(conformance, story, told);
      await conformance.inspect?.(told.config, told.dataFolder);
    });
  });
  const some = possible.filter(({ title }) => killed(title));
  describe.runIf(some.length > 0)("killed between any two calls", TOLD_OFTEN, () => {
    it.each(some)("$title", async (story) => {
      await killedAtEach(async (kills) => {
        await expectBooks(conformance, story, await tell(conformance, story, kills));
      });
    });
  });
}

interface Told<Config> {
  connection: string;
  reference: string;
  config: Config;
  dataFolder: string;
}

let count = 0;

/** Lets the story happen to a booking of its own, on a connection of its own. */
async function tell<Config extends AccountingSettings>(
  conformance: AccountingConformance<Config>,
  story: AccountingStory,
  kills: Kills,
): Promise<Told<Config>> {
  count += 1;
  const { integration, http, target } = conformance;
  const [connection, reference, dataFolder] = [
    `fjord${count}`,
    `S${count}`,
    conformance.dataFolder(),
  ];
  const given = { ...conformance.settings(), ...STORY_SETTINGS, ...story.settings };
  const config = integration.config.parse(given);
  const broken: AccountingTarget<Config> = {
    ...target,
    post: kills.around((posting: Posting, context: TargetContext<Config>) =>
      target.post(posting, context),
    ),
  };
  const desk = new AccountingDesk({
    integration: { ...integration, ...accountingParts(broken) },
    ...{ config, dataFolder },
    http: { send: kills.around((request: HttpRequest) => http.send(request)) },
    ...(conformance.tokens && { tokens: conformance.tokens }),
  });
  desk.nowMs = Date.parse(`${FIRST_DAY}T12:00:00Z`);
  for (const [index, step] of story.steps.entries()) {
    if (step.day !== undefined) desk.nowMs = Date.parse(`${step.day}T12:00:00Z`);
    const place = { connection, reference, version: index + 1 };
    await untilDone(() => take(desk, step, place));
  }
  return { connection, reference, config, dataFolder };
}

async function take<Config extends AccountingSettings>(
  desk: AccountingDesk<Config>,
  step: StoryStep,
  told: { connection: string; reference: string; version: number },
): Promise<void> {
  if ("run" in step) {
    await desk.tick(step.run);
    return;
  }
  const { see, origin, payment } = step;
  const booking = {
    ...storyBooking(told.reference, told.version, see),
    connection: told.connection,
  };
  await desk.see({ booking, ...(origin && { origin }), ...(payment && { payment }) });
}

async function expectBooks<Config extends AccountingSettings>(
  { target, http, tokens = memoryTokens() }: AccountingConformance<Config>,
  { documents, balances, place, currency = "EUR" }: AccountingStory,
  { connection, reference, config, dataFolder }: Told<Config>,
): Promise<void> {
  const context: TargetContext<Config> = {
    ...{ ...nothingElse, config, http, log: memoryLog(), clock: { now: Date.now } },
    ...{ dataFolder, tokens, signal: new AbortController().signal },
  };
  const where = place?.replace("fjord-", `${connection}-`) ?? reference;
  const books = await target.read(`${connection}/${where}/`, currency, context);

  expect(wordsOf(books, currency)).toEqual({ documents: [...documents].toSorted(), balances });
}

function wordsOf({ documents, balances }: BooksView, currency: string) {
  const words = (amountMinor: number) => formatAmount({ amountMinor, currency });
  const listed = documents
    .filter(({ kind }) => kind !== "application")
    .map(({ number, totalMinor }) => `${number.replace(/^.*\//, "")} ${words(totalMinor)}`);
  const told = Object.entries(balances).filter(([, amount]) => amount !== 0);
  return {
    documents: listed.toSorted(),
    balances: Object.fromEntries(
      told.map(([role, amount]) => [role as AccountRole, words(amount)]),
    ),
  };
}
