import { z } from "zod";

import { webAddress } from "#sdk";

/** What a mail is about. It decides when the mail makes no sense any more. */
export const KINDS = ["before", "after", "balance", "expiring", "other"] as const;

export type Kind = (typeof KINDS)[number];

/** Templates of timers that have these names, without being told. */
const USUAL: Readonly<Record<string, string>> = {
  reminder: "before",
  thanks: "after",
  balance: "balance",
  expiring: "expiring",
};

const Text = z.string().min(1).optional();

const TimerMail = z.strictObject({
  template: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/, "must be the name of a folder")
    .optional()
    .describe("before, after, balance, expiring, or a folder reminders/<name> of templatePaths"),
  kind: z
    .enum(KINDS)
    .optional()
    .describe("What the mail is about, where the template has a name of its own"),
  meetingPoint: Text.describe("Where guests are met, in every language"),
  whatToBring: Text.describe("What guests should have with them, in every language"),
  note: Text.describe("A paragraph of your own, such as how to pay, in every language"),
  reviewLink: webAddress("every guest would read them")
    .optional()
    .describe("Page on which guests can write a review"),
});

/** What is mailed when a timer goes off. */
export interface Reminder extends Omit<z.output<typeof TimerMail>, "template" | "kind"> {
  template: string;
  kind: Kind;
}

const TimerName = z.string().min(1).max(100);

const Timers = z.record(TimerName, TimerMail).transform((timers, context) => {
  const reminders = new Map<string, Reminder>();
  for (const [name, given] of Object.entries({ ...usualTimers(), ...timers })) {
    const template = given.template ?? usualTemplate(name);
    if (template === undefined) {
      const message = `must say which template: ${Object.values(USUAL).join(", ")} or your own`;
      context.addIssue({ code: "custom", path: [name, "template"], message });
      continue;
    }
    reminders.set(name, { ...given, template, kind: given.kind ?? kindOf(template, name) });
  }
  return reminders;
});

const Brand = z.strictObject({
  name: z.string().min(1).optional().describe("Shown instead of the connection's name"),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #1f4e5f")
    .default("#1f4e5f")
    .describe("Of headings, lines and buttons"),
  footer: z
    .string()
    .optional()
    .describe("Lines at the foot of mails: address, telephone, web site"),
});

export const RemindersConfig = z.strictObject({
  timers: Timers.prefault({}).describe(
    "Which mail goes with which timer, by the timer's name; reminder, thanks, balance and expiring have theirs",
  ),
  copyTo: z.email().optional().describe("Gets a copy of every mail that really goes to a guest"),
  brand: Brand.prefault({}).describe("How mails look"),
  agents: z
    .enum(["agent", "guest", "office"])
    .default("guest")
    .describe("Who gets the mails of a booking made by an agent"),
});

export type RemindersConfig = z.output<typeof RemindersConfig>;

function usualTimers(): Record<string, z.output<typeof TimerMail>> {
  return Object.fromEntries(Object.keys(USUAL).map((name) => [name, {}]));
}

function usualTemplate(name: string): string | undefined {
  return Object.hasOwn(USUAL, name) ? USUAL[name] : undefined;
}

/** A template of another name is about what the timer's name usually stands for. */
function kindOf(template: string, timer: string): Kind {
  const isKind = (name: string | undefined) => KINDS.find((kind) => kind === name);
  return isKind(template) ?? isKind(usualTemplate(timer)) ?? "other";
}
