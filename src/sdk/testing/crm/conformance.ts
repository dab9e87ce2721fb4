import { describe, expect, it } from "vitest";

import { crmParts } from "../../crm/handlers.ts";
import type { CrmSettings } from "../../crm/settings.ts";
import type { ContactView, CrmContext, CrmObject, CrmTarget, DealView } from "../../crm/target.ts";
import type { HttpClient, HttpRequest } from "../../context.ts";
import type { Integration } from "../../integration.ts";
import type { OAuthTokens } from "../../oauth.ts";
import { memoryLog, memoryTokens } from "../builders.ts";
import { Kills, killedAtEach, untilDone } from "../kills.ts";
import { bookingStories } from "./booking-stories.ts";
import { expectedWords, foundWords } from "./compare-view.ts";
import { CrmDesk } from "./desk.ts";
import { guestStories } from "./guest-stories.ts";
import { officeStories } from "./office-stories.ts";
import { CRM_STORY_DAY, CRM_STORY_SETTINGS, type CrmStory, marked } from "./story.ts";
import { type CrmOffice, CrmTeller } from "./teller.ts";

export const CRM_STORIES: readonly CrmStory[] = [
  ...guestStories,
  ...bookingStories,
  ...officeStories,
];

/** Each call of a story on a real server is broken off in a telling of its own. */
const TOLD_OFTEN = { timeout: 15 * 60_000 };

/** What a target's test brings along. */
export interface CrmConformance<Config extends CrmSettings> {
  integration: Integration<Config>;
  target: CrmTarget<Config>;
  /** Reaches the real thing, or what stands for it. */
  http: HttpClient;
  /** Where the target is one that somebody connects. */
  tokens?: OAuthTokens;
  /** A fresh folder for each story. */
  dataFolder(): string;
  /** The target's own settings, without those of the kit. Asked when a story begins. */
  settings(): Record<string, unknown>;
  /** What people do there by themselves, by other means than the target's. */
  office: CrmOffice<Config>;
  /** What the target holds of a contact and tells in `read`; absent: everything. */
  keeps?: readonly (keyof ContactView)[];
  /** The same of a deal. */
  keepsOfDeals?: readonly (keyof DealView)[];
  /** The target holds nobody without an address of their own. */
  needsEmail?: boolean;
  /** The target has each address once: a contact whose address is shared is there without it. */
  hasUniqueEmails?: boolean;
  /** Looks at the target's own state after each story, by other means. */
  inspect?(config: Config, mark: string): Promise<void>;
  /** Stories that are told; absent: all. A real server takes its time for each. */
  told?: (title: string) => boolean;
  /** Titles that this target cannot do, with the reason. */
  cannot?: Readonly<Record<string, string>>;
  /** Stories in which every call is broken off once; absent: all. Each takes its time. */
  killed?: (title: string) => boolean;
}

/**
 * What every CRM target has to do, as a suite: the same stories for all, read back from the target
 * itself. In the second part the process dies before and after each outside call in turn.
 */
export function checkCrmTarget<Config extends CrmSettings>(
  conformance: CrmConformance<Config>,
): void {
  const { cannot = {}, told = () => true, killed = () => true } = conformance;
  const possible = CRM_STORIES.filter(({ title }) => !(title in cannot));
  const stories = possible.filter(({ title }) => told(title));
  describe("the stories of guests", () => {
    it("each story that it cannot do is one of the suite", () => {
      const titles = CRM_STORIES.map(({ title }) => title);
      expect(titles).toEqual(expect.arrayContaining(Object.keys(cannot)));
    });
    it.each(stories)("$title", async (story) => {
      const { config, mark } = await tell(conformance, story, new Kills());
      await conformance.inspect?.(config, mark);
    });
  });
  const some = stories.filter(({ title }) => killed(title));
  describe.runIf(some.length > 0)("killed between any two calls", () => {
    const work = (story: CrmStory) =>
      killedAtEach(async (kills) => {
        await tell(conformance, story, kills);
      });
    it.each(some)("$title", work, TOLD_OFTEN.timeout);
  });
}

/** Of seven digits: shorter ones may occur in an id. */
let count = 2_000_000;

/** Lets the story happen to guests of its own, and compares what has become of it. */
async function tell<Config extends CrmSettings>(
  conformance: CrmConformance<Config>,
  template: CrmStory,
  kills: Kills,
): Promise<{ config: Config; mark: string }> {
  count += 1;
  const mark = String(count);
  const story = marked(template, mark);
  const { integration, http, target, office, tokens = memoryTokens() } = conformance;
  const given = { ...conformance.settings(), ...CRM_STORY_SETTINGS, ...story.settings };
  const config = integration.config.parse(given);
  const parts = { ...integration, ...crmParts(breakable(target, kills)) };
  const dataFolder = conformance.dataFolder();
  const broken = { send: kills.around((request: HttpRequest) => http.send(request)) };
  const desk = new CrmDesk({ integration: parts, config, dataFolder, http: broken, tokens });
  desk.nowMs = Date.parse(`${CRM_STORY_DAY}T12:00:00Z`);
  const context: CrmContext<Config> = {
    ...{ config, http, dataFolder, tokens, log: memoryLog(), clock: { now: Date.now } },
    ...{ connection: { id: "test", name: "Test", language: "en" } },
    signal: new AbortController().signal,
  };
  const read = () => target.read(mark, context);
  const teller = new CrmTeller({ desk, office, context, read, mark });
  for (const step of story.steps) await untilDone(teller.begin(step));
  expect(foundWords(await read(), story, conformance)).toEqual(expectedWords(story, conformance));
  return { config, mark };
}

/** A target around whose work the process may die. */
function breakable<Config>(target: CrmTarget<Config>, kills: Kills): CrmTarget<Config> {
  const { contacts, companies, deals } = target;
  const erase = kills.around(contacts.erase.bind(contacts));
  return {
    ...target,
    contacts: { ...breakableObject(contacts, kills), erase },
    ...(companies && { companies: breakableObject(companies, kills) }),
    ...(deals && { deals: breakableObject(deals, kills) }),
  };
}

function breakableObject<Thing, Config>(
  object: CrmObject<Thing, Config>,
  kills: Kills,
): CrmObject<Thing, Config> {
  return {
    fields: object.fields.bind(object),
    find: kills.around(object.find.bind(object)),
    put: kills.around(object.put.bind(object)),
  };
}
