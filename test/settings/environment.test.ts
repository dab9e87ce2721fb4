import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, describe, expect, it, vi } from "vitest";

import { environmentOf, readEnvironment } from "../../src/settings/environment.ts";
import { ENVIRONMENT_VARIABLES } from "../../src/settings/settings.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { faultsOf, problemsOf, read } from "./read-config.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the environment", () => {
  it("wins over .env", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".env"), 'FJORD_TOKEN="from the file"\nFJORD_KEY=key # a note\n');
    vi.stubEnv("FJORD_TOKEN", "from outside");

    const environment = readEnvironment(folder);

    expect(environment("FJORD_TOKEN")).toBe("from outside");
    expect(environment("FJORD_KEY")).toBe("key");
    expect(environment("FJORD_OTHER")).toBeUndefined();
  });

  it("may name a file that holds a secret, also where .env has an empty place for it", () => {
    const file = join(temporaryFolder(), "secret");
    writeFileSync(file, "s3cret\n");

    const environment = environmentOf({
      FJORD_KEY_FILE: file,
      SMTP_URL: "",
      SMTP_URL_FILE: file,
      MAIL_FROM: "post@example.com",
      MAIL_FROM_FILE: file,
    });

    expect(environment("FJORD_KEY")).toBe("s3cret");
    expect(environment("SMTP_URL")).toBe("s3cret");
    expect(environment("MAIL_FROM")).toBe("post@example.com");
  });

  it("that names a file which is not there stops the start", () => {
    const faults = problemsOf(() => read("", { BELLHOP_API_TOKEN_FILE: "/no/such/file" }));

    expect(faults).toEqual([
      "BELLHOP_API_TOKEN_FILE: cannot read /no/such/file (ENOENT): correct the path",
    ]);
  });
});

describe("variables of Bellhop", () => {
  it("have their defaults when they are not set, and when they are empty", () => {
    const empty = Object.fromEntries(
      ["PORT", "HOST", "DATABASE_URL", "BELLHOP_PUBLIC_URL", "SMTP_URL", "LOG_LEVEL"].map(
        (name) => [name, ""],
      ),
    );

    for (const settings of [read(""), read("", empty)]) {
      expect(settings).toMatchObject({
        port: 8080,
        host: "127.0.0.1",
        publicUrl: "http://localhost:8080",
        smtpUrl: undefined,
        logLevel: "info",
      });
      expect(settings.database).toHaveProperty("sqliteFile");
    }
  });

  it("live mails over a mail server need a sender before anything starts", () => {
    const live = (more: string) =>
      `mail: { mode: live }\nconnections:\n  fjord: { source: tourcms, tokens: [abc]${more} }`;
    const smtp = { SMTP_URL: "smtp://mail.example.com" };

    expect(faultsOf(live(""), smtp)).toEqual([
      "connections.fjord.mail.from: no sender: add it, or set MAIL_FROM",
    ]);
    expect(faultsOf(live(""), { ...smtp, MAIL_FROM: "post@example.com" })).toEqual([]);
    expect(faultsOf(live(", mail: { from: post@example.com }"), smtp)).toEqual([]);
    expect(faultsOf(live(""))).toEqual([]);
  });

  it.each([
    [
      "MAIL_FROM",
      "Fjord Walks",
      "MAIL_FROM: must be one e-mail address, such as Fjord Walks <post@example.com>",
    ],
    ["PORT", "eighty", "PORT: must be a number from 0 to 65535"],
    ["PORT", "65536", "PORT: must be a number from 0 to 65535"],
    [
      "LOG_LEVEL",
      "loud",
      "LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent",
    ],
    [
      "BELLHOP_PUBLIC_URL",
      "localhost:8080",
      "BELLHOP_PUBLIC_URL: write the whole address, such as https://bellhop.example.com",
    ],
    [
      "DATABASE_URL",
      "postgres://db/x",
      "DATABASE_URL: write mysql://user:password@host:port/database, or leave it out for SQLite",
    ],
    ["SMTP_URL", "mail.example.com", "SMTP_URL: write smtp://user:password@host:port"],
  ])("%s must not be %s", (name, value, fault) => {
    expect(problemsOf(() => read("", { [name]: value }))).toEqual([`environment: ${fault}`]);
  });

  it("the public address has no slash at its end", () => {
    const { publicUrl } = read("", { BELLHOP_PUBLIC_URL: "https://bellhop.example.com/" });

    expect(publicUrl).toBe("https://bellhop.example.com");
  });
});

describe(".env.example", () => {
  const text = readFileSync(".env.example", "utf8");
  const listed = new Map(
    [...text.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );

  it("lists every variable that Bellhop reads, and no other", () => {
    expect([...listed.keys()]).toEqual(ENVIRONMENT_VARIABLES);
  });

  it("changes nothing when it is copied as it is", () => {
    expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
  });

  it("names the defaults that hold when nothing is set", () => {
    const { port, host, logLevel } = read("");

    expect(listed.get("PORT")).toBe(String(port));
    expect(listed.get("HOST")).toBe(host);
    expect(listed.get("LOG_LEVEL")).toBe(logLevel);
    expect(listed.get("BELLHOP_CONFIG")).toBe("bellhop.yaml");
    expect(listed.get("BELLHOP_DATA")).toBe("data");
  });
});
