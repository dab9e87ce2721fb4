import { describe, expect, it } from "vitest";

import { type Finding, type Incident, INCIDENT_KINDS } from "../../src/alerts/incident.ts";
import { type ConnectionRhythm, findingsOf, type Signs } from "../../src/alerts/watchers.ts";
import { UNKNOWN_NAMES } from "../../src/receive/receive-stats.ts";
import { nextState, waitedMs } from "../../src/alerts/watch-state.ts";
import { causeOf, mailOf, spoolWords } from "../../src/alerts/words.ts";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 2, 4, 12);
const RULES = { backlogMs: 15 * MINUTE, silence: { hours: 2, missedCalls: 24 } };

const CALM: Signs = {
  now: NOON,
  stuck: [],
  heldMessages: [],
  pauses: [],
  waiting: [],
  rhythms: [],
  rejections: [],
  refusals: [],
};

function names(signs: Partial<Signs>, open: Record<string, number> = {}): string[] {
  const known = new Map(Object.entries(open).map(([name, openedAt]) => [name, { openedAt }]));
  return findingsOf({ ...CALM, ...signs }, RULES, known).map(({ name }) => name);
}

const waiting = (minutes: number) => [
  { about: "books/post", isSimulated: false, waitedMs: minutes * MINUTE },
];

function rhythm(parts: Partial<ConnectionRhythm>): ConnectionRhythm {
  const week = 7 * 24 * 60 * MINUTE;
  return {
    connection: "bikes",
    now: NOON,
    knownSince: NOON - 2 * week,
    watchedSince: NOON - 2 * week,
    lastCallAt: undefined,
    lastTickAt: undefined,
    hours: new Map(),
    ...parts,
  };
}

describe("incidents", () => {
  it("nothing unusual is none", () => {
    expect(names({})).toEqual([]);
    expect(names({ rhythms: [rhythm({})], waiting: waiting(14) })).toEqual([]);
    expect(names({ pauses: [{ handler: "books/post", kind: "person" }] })).toEqual([]);
  });

  it("there is one for a handler, however many of its jobs are stuck", () => {
    const stuck = { handler: "books/post", isSimulated: false, reason: null } as const;
    const signs = {
      stuck: [
        { ...stuck, state: "dead", count: 3 },
        { ...stuck, state: "held", count: 1 },
        { ...stuck, state: "dead", count: 1, isSimulated: true },
      ],
    } as const;

    expect(names(signs)).toEqual([
      "dead:books/post",
      "held:books/post",
      "simulated:dead:books/post",
    ]);
  });

  it("a pause that waits for a person is one", () => {
    const pauses = [{ handler: "voucher-mail/send-voucher", kind: "brake" }];

    expect(names({ pauses })).toEqual(["paused:voucher-mail/send-voucher"]);
  });

  it("a backlog begins after the time that is set, and is over at half of it", () => {
    const open = { "backlog:books/post": NOON };

    expect(names({ waiting: waiting(15) })).toEqual(["backlog:books/post"]);
    expect(names({ waiting: waiting(8) }, open)).toEqual(["backlog:books/post"]);
    expect(names({ waiting: waiting(7) }, open)).toEqual([]);
  });

  it("a source that ticked every hour is missed when it does not, also in its first weeks", () => {
    const lastTickAt = NOON - 91 * MINUTE;
    const fresh = { knownSince: NOON - 240 * MINUTE, lastTickAt };

    expect(names({ rhythms: [rhythm(fresh)] })).toEqual(["hourly:bikes"]);
    expect(names({ rhythms: [rhythm({ ...fresh, lastTickAt: NOON - 89 * MINUTE })] })).toEqual([]);
  });

  it("a silence while nobody was there to hear counts for nothing", () => {
    const away = { lastTickAt: NOON - 300 * MINUTE, watchedSince: NOON - 10 * MINUTE };

    expect(names({ rhythms: [rhythm(away)] })).toEqual([]);
    expect(names({ rhythms: [rhythm(away)] }, { "hourly:bikes": NOON - 100 * MINUTE })).toEqual([
      "hourly:bikes",
    ]);
  });

  it("a silence is over when a call has come, not before", () => {
    const open = { "silent:bikes": NOON - 60 * MINUTE };

    expect(names({ rhythms: [rhythm({ lastCallAt: NOON - 90 * MINUTE })] }, open)).toEqual([
      "silent:bikes",
    ]);
    expect(names({ rhythms: [rhythm({ lastCallAt: NOON - MINUTE })] }, open)).toEqual([]);
  });
});

describe("calls that are turned away", () => {
  const HOUR = Math.floor(NOON / (60 * MINUTE));
  const turnedAway = (calls: number, about = "bikes") => [
    { about, isSimulated: false, hours: new Map([[HOUR, calls]]) },
  ];
  const reasons = (signs: Partial<Signs>) =>
    findingsOf({ ...CALM, ...signs }, RULES, new Map()).map(({ reason }) => reason);

  it("a jump of them is one for each connection, and one for all names that nobody has", () => {
    const rejections = [...turnedAway(12), ...turnedAway(40, UNKNOWN_NAMES)];

    expect(names({ rejections })).toEqual(["rejected:bikes", "rejected:unknown names"]);
    expect(reasons({ rejections })[0]).toMatch(/12 calls for bikes .* old or wrong token/);
    expect(reasons({ rejections })[1]).toMatch(/40 calls .* names that no connection has/);
    expect(names({ rejections: turnedAway(9) })).toEqual([]);
    expect(names({ rejections: turnedAway(9) }, { "rejected:bikes": NOON })).toEqual([
      "rejected:bikes",
    ]);
  });

  it("a connection that is silent meanwhile has a wrong token in the booking system", () => {
    const rhythms = [rhythm({ lastTickAt: NOON - 100 * MINUTE })];

    expect(reasons({ rhythms, rejections: turnedAway(1) })).toEqual([
      expect.stringMatching(/1 call for it came with a wrong token.*bellhop urls/),
    ]);
    expect(reasons({ rhythms, rejections: turnedAway(1, "fjord") })).toEqual([
      expect.stringContaining("switched off, or cannot be reached"),
    ]);
  });

  it("a source without hourly calls that is silent meanwhile has, too", () => {
    const week = 7 * 24;
    const usual = [1, 2].flatMap((ago) => [1, 2, 3].map((h) => [HOUR - h - ago * week, 20]));
    const rhythms = [
      rhythm({
        knownSince: NOON - 3 * week * 60 * MINUTE,
        lastCallAt: NOON - 180 * MINUTE,
        hours: new Map(usual as [number, number][]),
      }),
    ];

    expect(reasons({ rhythms, rejections: turnedAway(5) })).toEqual([
      expect.stringMatching(/about 60 came\. Meanwhile 5 calls for it came with a wrong token/),
    ]);
  });
});

describe("a source that refuses us", () => {
  it("is told with its reason as long as it refuses", () => {
    const refusal = { connection: "fjord", isSimulated: false, since: NOON };
    const signs = { refusals: [{ ...refusal, reason: "401: the signature is wrong." }] };
    const [finding] = findingsOf({ ...CALM, ...signs }, RULES, new Map());

    expect(names(signs)).toEqual(["refused:fjord"]);
    expect(finding?.reason).toBe(
      "Bellhop gets no answer from the booking system of fjord since 2026-03-04 12:00 UTC: 401: the signature is wrong. Changes that need a look there wait.",
    );
    expect(names({ refusals: [{ connection: "fjord", isSimulated: true }] })).toEqual([
      "simulated:refused:fjord",
    ]);
  });
});

describe("what is waiting", () => {
  const reading = (minute: number, newest: number) => ({
    now: NOON + minute * MINUTE,
    newest,
    connections: {},
  });

  it("is as old as the last look at which it was there already", () => {
    let state = nextState(undefined, reading(0, 10), RULES.backlogMs);
    for (let minute = 1; minute <= 40; minute += 1) {
      state = nextState(state, reading(minute, 10 + minute), RULES.backlogMs);
    }

    expect(waitedMs(state, 51)).toBe(0);
    expect(waitedMs(state, 40)).toBe(10 * MINUTE);
    expect(waitedMs(state, 5)).toBeGreaterThan(15 * MINUTE);
    expect(state.marks.length).toBeLessThan(25);
  });

  it("has a new beginning when nobody looked for a while", () => {
    const before = nextState(undefined, reading(0, 10), RULES.backlogMs);

    const after = nextState(before, reading(30, 10), RULES.backlogMs);

    expect(after.since).toBe(NOON + 30 * MINUTE);
    expect(waitedMs(after, 5)).toBe(0);
  });
});

describe("words for the office", () => {
  const incident: Incident = {
    position: 1,
    id: "1",
    name: "dead:voucher-mail/send-voucher",
    kind: "dead",
    reason: "3 things that voucher-mail/send-voucher should do need you.",
    openedAt: NOON,
    closedAt: NOON + MINUTE,
  };

  it("speak of no part of the machine, whatever it is", () => {
    const stuck = { handler: "books/post", isSimulated: false, reason: null, count: 2 } as const;
    const signs: Signs = {
      ...CALM,
      stuck: [
        { ...stuck, state: "dead" },
        { ...stuck, state: "held" },
      ],
      heldMessages: [{ connection: "bikes", isSimulated: false, count: 1 }],
      pauses: [{ handler: "books/post", kind: "brake" }],
      waiting: waiting(20),
      rhythms: [rhythm({ lastTickAt: 0 }), rhythm({ connection: "fjord" })],
      rejections: ["bikes", UNKNOWN_NAMES].map((about) => ({
        about,
        isSimulated: false,
        hours: new Map([[Math.floor(NOON / 3_600_000), 50]]),
      })),
      refusals: [{ connection: "fjord", isSimulated: false }],
    };
    const open = new Map([["silent:fjord", { openedAt: NOON }]]);

    const away = { kind: "spool", name: "spool:messages", reason: spoolWords(5) } as const;
    const findings: Finding[] = [...findingsOf(signs, RULES, open), away];
    const mails = findings.flatMap((finding) =>
      (["opened", "closed"] as const).map((about) =>
        mailOf({ about, incident: { ...incident, ...finding } }),
      ),
    );

    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(INCIDENT_KINDS));
    for (const { subject, text } of mails) {
      expect(`${subject} ${text}`).not.toMatch(/\b(jobs?|handlers?|lanes?|leases?|spool|dead)\b/i);
    }
  });

  it("say what needs you in the subject, and that it is over", () => {
    expect(mailOf({ about: "opened", incident }).subject).toBe(
      "Needs you: voucher-mail/send-voucher",
    );
    expect(mailOf({ about: "closed", incident })).toMatchObject({
      subject: "Over: Needs you: voucher-mail/send-voucher",
      text: expect.stringContaining("over at 2026-03-04 12:01 UTC") as string,
    });
  });

  it.each([
    ["gave up after 61 attempts: no answer from mail.example", /did not answer/],
    ["ended the process 5 times", /stopped the program/],
    ["voucher:v1: an earlier try broke off and may have got through; look", /may have been done/],
    ["550 no mailbox ana@example.com", /does not take it as it is/],
    [null, /does not take it as it is/],
  ])("the cause of %j names no guest", (reason, cause) => {
    expect(causeOf(reason)).toMatch(cause);
    expect(causeOf(reason)).not.toContain("@");
  });
});
