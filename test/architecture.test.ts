import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import * as accounting from "../src/sdk/accounting.ts";
import * as calendar from "../src/sdk/calendar.ts";
import * as crm from "../src/sdk/crm.ts";
import * as sdk from "../src/sdk/index.ts";

// The walls of the house, read from the import lines.

interface Import {
  file: string;
  /** What the line names, with relative paths resolved to a path from the root. */
  target: string;
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

const IMPORT = /^\s*(?:import|export)\b[^"';]*?\bfrom\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;

function importsIn(folder: string): Import[] {
  return sourcesIn(folder).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(IMPORT)].map(([, fixed, dynamic]) => {
      const name = fixed ?? dynamic ?? "";
      return { file, target: name.startsWith(".") ? join(file, "..", name) : name };
    }),
  );
}

/** The steps of the journey and what they stand on: a folder may import those before it. */
const ORDER = [
  "sdk",
  "process",
  "pages",
  "db",
  "settings",
  "people",
  "http",
  "inbox",
  "spool",
  "registry",
  "connect",
  "effects",
  "dispatch",
  "watchdog",
  "normalize",
  "schedule",
  "reconcile",
  "retention",
  "receive",
  "templates",
  "pdf",
  "mail",
  "alerts",
  "queries",
  "sync",
  "erase",
  "books",
  "calendars",
  "api",
  "compose",
  "recorded",
  "simulate",
  "demo",
  "cli",
];

const folderOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1];

describe("the walls", () => {
  const inSrc = importsIn("src");
  const inIntegrations = importsIn("integrations");

  it("every folder of src has its place in the order", () => {
    const folders = readdirSync("src", { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);

    expect(folders.toSorted()).toEqual(ORDER.toSorted());
  });

  it("dependencies point one way", () => {
    const wrong = inSrc.filter(({ file, target }) => {
      const [from, to] = [folderOf(file), folderOf(target)];
      const isForTests = file.startsWith("src/sdk/testing/");
      return from && to && !isForTests && ORDER.indexOf(to) > ORDER.indexOf(from);
    });

    expect(wrong).toEqual([]);
  });

  it("the files at the root of src are known to the composition, the command line and the demo alone", () => {
    const rootFiles = /^src\/[^/]+\.ts$/;
    const wrong = inSrc.filter(
      ({ file, target }) =>
        rootFiles.test(target) &&
        target !== "src/paths.ts" &&
        !/^src\/(compose|cli|demo)\//.test(file) &&
        !rootFiles.test(file),
    );

    expect(wrong).toEqual([]);
  });

  it("the SDK imports nothing of Bellhop; its tests' half borrows the HTTP client", () => {
    const wrong = inSrc.filter(
      ({ file, target }) =>
        file.startsWith("src/sdk/") &&
        target.startsWith("src/") &&
        !target.startsWith("src/sdk/") &&
        !file.startsWith("src/sdk/testing/"),
    );

    expect(wrong).toEqual([]);
  });

  it("src imports no integration", () => {
    expect(inSrc.filter(({ target }) => target.startsWith("integrations"))).toEqual([]);
  });

  it("src knows no vendor, but for the names of what runs without a configuration", () => {
    const vendors = readdirSync("integrations", { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      // A digest is also what a hash gives.
      .filter((name) => !["example-echo", "voucher-mail", "digest", "reminders"].includes(name))
      // The demo keeps books in it, and `init` offers it.
      .filter((name) => name !== "ledger-file");

    const wrong = sourcesIn("src")
      .filter((file) => file !== "src/settings/default-config.ts")
      .filter((file) => new RegExp(vendors.join("|"), "i").test(readFileSync(file, "utf8")));

    expect(vendors.length).toBeGreaterThan(1);
    expect(wrong).toEqual([]);
  });

  it("an integration imports the SDK, its own files and packages, nothing else", () => {
    const wrong = inIntegrations.filter(({ file, target }) => {
      const own = /^integrations\/[^/]+\//.exec(file)?.[0] ?? "";
      const isInside = target.startsWith("src/") || target.startsWith("integrations/");
      return (isInside && !target.startsWith(own)) || /^(test|templates)\//.test(target);
    });

    expect(wrong).toEqual([]);
  });

  it("only the composition root knows the container", () => {
    const users = [...inSrc, ...inIntegrations].filter(({ target }) => target === "tsyringe");

    const others = users.filter(({ file }) => !/^src\/compose(\.ts|\/)/.test(file));
    expect(users).not.toEqual([]);
    expect(others).toEqual([]);
  });

  it("only the settings read the environment", () => {
    const readers = [...sourcesIn("src"), ...sourcesIn("integrations")].filter((file) =>
      /process\.env\b/.test(readFileSync(file, "utf8")),
    );

    // A suite that cannot run is a failure in CI: no setting of the product.
    expect(readers.toSorted()).toEqual([
      "src/sdk/testing/programs.ts",
      "src/settings/environment.ts",
    ]);
  });

  it("an integration is a folder with its entry, its README and a test", () => {
    const incomplete = readdirSync("integrations", { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join("integrations", name))
      .filter((folder) => {
        const hasTest = sourcesIn(folder).some((file) => file.endsWith(".test.ts"));
        return (
          !hasTest ||
          !existsSync(join(folder, "index.ts")) ||
          !existsSync(join(folder, "README.md"))
        );
      });

    expect(incomplete).toEqual([]);
  });
});

it("the SDK's surface is what plug-ins were promised", () => {
  expect(Object.keys(sdk).toSorted()).toEqual([
    "BOOKING_EVENT_TYPES",
    "BOOKING_STATUSES",
    "ConfigurationError",
    "EVENT_TYPES",
    "NO_CONNECTION",
    "OTHER_EVENT_TYPES",
    "PermanentError",
    "RetryableError",
    "WEBHOOK_SECRET",
    "addMoney",
    "cloudEventOf",
    "decimalsOf",
    "defineIntegration",
    "formatAmount",
    "formatMoment",
    "formatMoney",
    "guestEmail",
    "guestPhone",
    "hasBooking",
    "instantOf",
    "isBlank",
    "isClockSchedule",
    "isSameMoney",
    "isSameTimeZone",
    "isTimeZone",
    "kindOf",
    "localMoment",
    "localText",
    "manyLines",
    "messageOf",
    "momentOfInstant",
    "negateMoney",
    "oncePerContext",
    "oneLine",
    "parseForm",
    "parseMoney",
    "personKeys",
    "recipientOf",
    "retryAfterMs",
    "standardHeaders",
    "unlessAborted",
    "webAddress",
  ]);
});

it("the accounting kit's surface is what targets were promised", () => {
  expect(Object.keys(accounting).toSorted()).toEqual([
    "ACCOUNT_ROLES",
    "DOCUMENTS",
    "POLICIES",
    "accountingParts",
    "accountingSettings",
    "documentOf",
    "nextDocuments",
  ]);
});

it("the calendar kit's surface is what targets were promised", () => {
  expect(Object.keys(calendar).toSorted()).toEqual([
    "DETAILS",
    "appointmentsOf",
    "calendarRule",
    "descriptionOf",
    "placeOf",
    "spanLines",
    "summaryOf",
    "takes",
    "takesPlace",
    "uidOf",
    "utcText",
    "zoneOf",
  ]);
});

it("the CRM kit's surface is what targets were promised", () => {
  expect(Object.keys(crm).toSorted()).toEqual([
    "CONTACT",
    "DEAL",
    "carries",
    "crmParts",
    "crmSettings",
    "fieldNamesIn",
    "fieldsToWrite",
    "keep",
  ]);
});

describe("the published text", () => {
  const files = [
    ...sourcesIn("src"),
    ...sourcesIn("integrations"),
    ...sourcesIn("test"),
    ...["README.md", "CHANGELOG.md", "package.json", "package-lock.json"].filter(existsSync),
  ];

  it("names no registry's host and no machine's folders", () => {
    const forbidden = [["registry", "npmjs", "org"].join("."), "/home/", "/root/"];
    const wrong = files.filter((file) => {
      const text = readFileSync(file, "utf8");
      return file !== "test/architecture.test.ts" && forbidden.some((word) => text.includes(word));
    });

    expect(wrong).toEqual([]);
  });
});
