import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { describeProblems } from "../../src/settings/config-problems.ts";
import { environmentOf } from "../../src/settings/environment.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { faultsOf, problemsOf } from "./read-config.ts";

const fjord = `connections:
  fjord:
    source: tourcms
    tokens: [abc]`;

describe("each fault of the configuration is one line with file, line, path and what to write", () => {
  it.each([
    [
      "an unknown key",
      `${fjord}\n    langage: nb`,
      "5: connections.fjord.langage: unknown key: did you mean language?",
    ],
    [
      "an unknown key like no other",
      "zzz: 1",
      "1: zzz: unknown key: known are mail, connections, integrations, calendars, timers, limits, retention, retries, reconcile, people, alerts, shutdownSeconds, integrationPaths, templatePaths",
    ],
    [
      "a missing key",
      "connections:\n  fjord:\n    tokens: [abc]",
      "2: connections.fjord.source: is missing: add it",
    ],
    [
      "a number for text",
      `${fjord}\n    name: 5`,
      "5: connections.fjord.name: must be text: put it in quotes",
    ],
    [
      "an unknown key of a calendar",
      "calendars:\n  cabins:\n    tokens: [abc]\n    unit: [Cabin 4]",
      "4: calendars.cabins.unit: unknown key: did you mean units?",
    ],
    [
      "what a calendar cannot show",
      "calendars:\n  cabins:\n    tokens: [abc]\n    show: [names]",
      "4: calendars.cabins.show[0]: unknown value: did you mean name?",
    ],
    [
      "the name of a calendar that is no part of a link",
      "calendars:\n  Cabin 4:\n    tokens: [abc]",
      "2: calendars.Cabin 4: not a name: use lower-case letters, digits, - and _ (63 at most)",
    ],
    [
      "a calendar with the secret of a connection",
      `${fjord}\ncalendars:\n  cabins:\n    tokens: [def, abc]`,
      "7: calendars.cabins.tokens[1]: is a token of connections.fjord too: give it its own",
    ],
    [
      "a secret of a calendar that is no list",
      `calendars:\n  cabins:\n    tokens: ${"x".repeat(30)}`,
      "3: calendars.cabins.tokens: must be a list",
    ],
    ["text for a number", "limits:\n  bodyBytes: many", "2: limits.bodyBytes: must be a number"],
    [
      "a part of a whole number",
      "limits:\n  bodyBytes: 2048.5",
      "2: limits.bodyBytes: must be a whole number",
    ],
    ["too small a number", "limits:\n  bodyBytes: 5", "2: limits.bodyBytes: must be at least 1024"],
    [
      "a secret of another kind",
      "alerts:\n  webhook: { url: 'https://example.com/alerts', secret: hush }",
      "2: alerts.webhook.secret: write whsec_ and 24 to 64 bytes in base64",
    ],
    [
      "an address that is none",
      `alerts:\n  webhook: { url: example.com, secret: whsec_${"A".repeat(32)} }`,
      "2: alerts.webhook.url: write an address such as https://example.com/alerts",
    ],
    [
      "a slip among the alerts",
      "alerts:\n  backlogMinute: 5",
      "2: alerts.backlogMinute: unknown key: did you mean backlogMinutes?",
    ],
    ["text for keys", "mail: live", "1: mail: must be keys and values"],
    ["text for a list", "templatePaths: mine", "1: templatePaths: must be a list"],
    [
      "text for yes or no",
      `${fjord}\n    simulated: perhaps`,
      "5: connections.fjord.simulated: must be true or false",
    ],
    [
      "a slip in a value",
      "mail:\n  mode: rehersal",
      "2: mail.mode: must be rehearsal or live: did you mean rehearsal?",
    ],
    ["a value far from any", "mail:\n  mode: on", "2: mail.mode: must be rehearsal or live"],
    [
      "a slip in one of many values",
      "integrations:\n  x:\n    when: { types: [booking.confirmd] }",
      "3: integrations.x.when.types[0]: unknown value: did you mean booking.confirmed?",
    ],
    [
      "no e-mail address",
      "mail:\n  office: the office",
      "2: mail.office: must be one e-mail address, such as office@example.com",
    ],
    [
      "no date",
      `${fjord}\n    since: soon`,
      "5: connections.fjord.since: write a date such as 2026-11-01",
    ],
    [
      "a sender that is no address",
      `${fjord}\n    mail: { from: Fjord Walks }`,
      "5: connections.fjord.mail.from: must be one e-mail address, such as Fjord Walks <post@example.com>",
    ],
    [
      "a language that is none",
      `${fjord}\n    language: Norsk bokmål`,
      "5: connections.fjord.language: write a language tag such as nb, de or en-us",
    ],
    [
      "a timer relative to nothing",
      "timers:\n  - { name: a, relativeTo: begin, offset: -1d }",
      "2: timers[0].relativeTo: write start, end, created, confirmed, or service day at 08:00",
    ],
    [
      "an offset without a unit",
      'timers:\n  - { name: a, relativeTo: start, offset: "-48" }',
      "2: timers[0].offset: write an offset such as -48h, 30m, +1d or -1d at 18:00",
    ],
    [
      "a folder that is not there",
      "templatePaths: [/no/such/templates]",
      "1: templatePaths[0]: /no/such/templates does not exist: correct the path",
    ],
    [
      "a folder of integrations that is not there",
      "integrationPaths: [/no/such/integrations]",
      "1: integrationPaths[0]: /no/such/integrations does not exist: correct the path",
    ],
    [
      "a name that cannot be part of a URL",
      "connections:\n  Fjord Walks: { source: a, tokens: [b] }",
      "2: connections.Fjord Walks: not a name: use lower-case letters, digits, - and _ (63 at most)",
    ],
    [
      "no token at all",
      "connections:\n  fjord:\n    source: tourcms\n    tokens: []",
      "4: connections.fjord.tokens: is empty: add an entry",
    ],
    [
      "three tokens",
      fjord.replace("[abc]", "[a, b, c]"),
      "4: connections.fjord.tokens: must have at most 2 entries",
    ],
    [
      "a form item without custom.",
      `${fjord}\n    map:\n      company: Firma`,
      "6: connections.fjord.map.company: write custom. and the name of the form item, such as custom.Company",
    ],
    [
      "a variable that is not set",
      fjord.replace("abc", '"${FJORD_TOKEN}"'),
      "4: connections.fjord.tokens[0]: environment variable FJORD_TOKEN is not set: add it to .env",
    ],
    ["two keys of one name", "mail: {}\nmail: {}", "2: not YAML: Map keys must be unique"],
    ["a bracket that is not closed", "templatePaths: [a\nmail: {}", "2: not YAML: "],
    [
      "an alias without anchor",
      "mail: *none",
      "1: not YAML: Unresolved alias (the anchor must be set before the alias): none",
    ],
    ["two documents", "mail: {}\n---\nmail: {}", "2: not YAML: Source contains multiple documents"],
    ["a list instead of keys", "- mail", '1: write keys and values, such as "connections:"'],
  ])("%s", (_title, text, fault) => {
    const faults = faultsOf(text);

    expect(faults.length).toBe(1);
    expect(faults[0]).toContain(`bellhop.yaml:${fault}`);
  });

  it("all of them are told at once", () => {
    const faults = faultsOf("mail: { mode: on, office: x }\nlimts: {}\nshutdownSeconds: -1");

    expect(faults).toEqual([
      "bellhop.yaml:1: mail.mode: must be rehearsal or live",
      "bellhop.yaml:1: mail.office: must be one e-mail address, such as office@example.com",
      "bellhop.yaml:3: shutdownSeconds: must be at least 0",
      "bellhop.yaml:2: limts: unknown key: did you mean limits?",
    ]);
  });
});

it("what a schema says itself about a wrong value is kept", () => {
  const schema = z.strictObject({ to: z.email("write who gets it") });
  const { error } = schema.safeParse({ to: "nobody" }, { reportInput: true });

  const lines = describeProblems(schema, error?.issues ?? [], () => "here", ["settings"]);

  expect(lines).toEqual(["here: settings.to: write who gets it"]);
});

describe("a configuration in several files", () => {
  it("is merged key by key, in the order of the files' names", () => {
    const faults = faultsOf({
      "10-mail.yaml": "mail: { mode: live }",
      "20-fjord.yml": fjord,
      "30-more.yaml": "mail: { office: office@example.com }\ntemplatePaths: [.]",
      "notes.txt": "not ours",
    });

    expect(faults).toEqual([]);
  });

  it("must not set the same thing twice: both places are named", () => {
    const faults = faultsOf({
      "a.yaml": "mail:\n  mode: live",
      "b.yaml": "limits: {}\nmail:\n  mode: rehearsal",
    });

    expect(faults).toEqual(["b.yaml:3: mail.mode: is set in a.yaml:2 already: keep one of them"]);
  });

  it("names the file of a fault", () => {
    const faults = faultsOf({ "a.yaml": "mail: {}", "b.yaml": "limits:\n  bodyBytes: many" });

    expect(faults).toEqual(["b.yaml:2: limits.bodyBytes: must be a number"]);
  });

  it("needs a file", () => {
    expect(faultsOf({ "notes.txt": "" })).toEqual([
      expect.stringMatching(/config: no \*\.yaml in this folder: run "bellhop init"$/),
    ]);
  });
});

it("a configuration that is not there is named, with what to do", () => {
  const faults = problemsOf(() => readSettings(environmentOf({ BELLHOP_CONFIG: "/no/such.yaml" })));

  expect(faults).toEqual([
    'BELLHOP_CONFIG: /no/such.yaml does not exist: correct the path, or run "bellhop init"',
  ]);
});

it("a configuration that cannot be read is named, with the reason", () => {
  const folder = join(temporaryFolder(), "config");
  mkdirSync(join(folder, "a.yaml"), { recursive: true });
  chmodSync(folder, 0o700);

  const faults = problemsOf(() => readSettings(environmentOf({ BELLHOP_CONFIG: folder })));

  expect(faults).toEqual([
    `${join(folder, "a.yaml")}: cannot be read (EISDIR): correct the file's permissions`,
  ]);
});
