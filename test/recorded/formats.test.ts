import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { accessLog } from "../../src/recorded/access-log.ts";
import { CallIds } from "../../src/recorded/call-ids.ts";
import { formatOf, RECORD_FORMATS, readerOf } from "../../src/recorded/formats.ts";
import { jsonLines } from "../../src/recorded/json-lines.ts";
import { Mails } from "../../src/recorded/mails.ts";
import { readLines } from "../../src/recorded/read-lines.ts";
import type { Found, RecordReader } from "../../src/recorded/recorded-call.ts";
import { TextLog } from "../../src/recorded/text-log.ts";
import { temporaryFolder } from "../harness/servers.ts";

const FORM = "notification_type=reservation_confirmed&reservation=9000101&first_name=N%C3%BA%26";

function read(reader: RecordReader, text: string): Found[] {
  const found = text
    .split("\n")
    .flatMap((line, at) => reader.read({ number: at + 1, text: line, isTooLong: false }));
  return [...found, ...reader.end()];
}

/** `<time> <query or body>` of every call. */
function callsIn(reader: RecordReader, text: string): string[] {
  const latin1 = Buffer.from(text).toString("latin1");
  return read(reader, latin1).flatMap(({ calls }) =>
    calls.map(
      ({ receivedAt, query, body }) =>
        `${new Date(receivedAt).toISOString()} ${query}${body.toString()}`,
    ),
  );
}

function fileOf(content: string | Buffer, name = "record"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

describe("an access log", () => {
  const line = (request: string, at = "02/Mar/2026:14:20:05 +0100") =>
    `203.0.113.7 - - [${at}] "${request}" 200 2 "-" "TourCMS"`;

  it.each([
    ["combined", line("GET /old/hook.php?event=cancelled&booking_id=1201 HTTP/1.1")],
    [
      "common",
      '203.0.113.7 - ana [02/Mar/2026:14:20:05 +0100] "GET /?event=cancelled&booking_id=1201 HTTP/1.0" 404 -',
    ],
    [
      "of several hosts, over IPv6",
      'tours.example.com:443 2001:db8::7 - - [02/Mar/2026:08:20:05 -0500] "POST /x?event=cancelled&booking_id=1201 HTTP/2.0" 200 0 "-" "-"',
    ],
  ])("%s shows a booking's call with its query and its moment", (_, text) => {
    expect(callsIn(accessLog, text)).toEqual([
      "2026-03-02T13:20:05.000Z event=cancelled&booking_id=1201",
    ]);
  });

  it("shows quotes as the caller sent them", () => {
    const [call] = callsIn(accessLog, line("GET /?name=\\x22Fjord\\x22 HTTP/1.1"));

    expect(call).toMatch(/ name="Fjord"$/);
  });

  it("has requests that are no calls, and lines that are none at all", () => {
    const found = read(
      accessLog,
      [
        line("GET /logo.png HTTP/1.1"),
        line("HEAD /?event=cancelled HTTP/1.1"),
        "",
        line("GET /?a=1 HTTP/1.1", "31/Foo/2026:14:20:05 +0100"),
        line("GET /?a=1 HTTP/1.1", "02/Mar/1970:14:20:05 +0100"),
        "\\x16\\x03\\x01",
        `${"[".repeat(2_000)}"GET`,
      ].join("\n"),
    );

    expect(found).toEqual([4, 5, 6, 7].map((number) => ({ line: number, calls: [] })));
  });
});

describe("mails that report calls", () => {
  const head = (type: string, encoding = "8bit") =>
    `From: planyo@example.com\nDate: Mon, 2 Mar 2026 14:20:05 +0100 (CET)\nSubject: call\n` +
    `Content-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n`;
  const expected = [`2026-03-02T13:20:05.000Z ${FORM}`];

  it.each([
    ["as plain text", `${head("text/plain")}We called your script:\n\n${FORM}\n\nIt said: ok\n`],
    [
      "in base64",
      head("text/plain; charset=utf-8", "base64") +
        Buffer.from(`Body:\n${FORM}\n`).toString("base64").replaceAll(/.{60}/g, "$&\n"),
    ],
    [
      "quoted-printable",
      head("text/plain", "quoted-printable") +
        FORM.replaceAll("=", "=3D").replaceAll(/.{50}/g, "$&=\n"),
    ],
    [
      "as text and HTML, once",
      head('multipart/alternative; boundary="b 1"') +
        `--b 1\nContent-Type: text/plain\n\n${FORM}\n--b 1\nContent-Type: text/html\n\n` +
        `<p>${FORM.replaceAll("&", "&amp;")}</p>\n--b 1--\n`,
    ],
    [
      "as HTML only",
      `${head("text/html")}<table><td>${FORM.replaceAll("&", "&amp;")}</td></table>`,
    ],
    [
      "forwarded",
      head("multipart/mixed; boundary=x") +
        `--x\nContent-Type: message/rfc822\n\nSubject: call\n\n${FORM}\n--x--\n`,
    ],
  ])("give the reservation's call %s", (_, mail) => {
    expect(callsIn(new Mails(), mail)).toEqual(expected);
  });

  it("give each call of a mailbox, JSON over several lines too", () => {
    const json = `{\n  "notification_type": "hourly",\n  "text": "a } b \\" c"\n}`;
    const mailbox =
      `From planyo Mon Mar  2 14:20:05 2026\n${head("text/plain")}${FORM}\n\n` +
      `From planyo Mon Mar  2 14:21:05 2026\n${head("text/plain")}Body: ${json} end\n\n` +
      `>From the guest\n`;

    const found = read(new Mails(), mailbox);

    expect(found.map(({ line, calls }) => [line, calls.length])).toEqual([
      [1, 1],
      [10, 1],
    ]);
    expect(found[1]?.calls[0]?.body.toString()).toBe(json);
  });

  it("without a date or a call are named, not guessed at", () => {
    const found = [
      ...read(new Mails(), `Subject: call\n\n${FORM}\n`),
      ...read(new Mails(), `${head("text/plain")}Dear operator, { hello } & welcome=\n`),
    ];

    expect(found.map(({ calls }) => calls)).toEqual([[], []]);
  });
});

describe("a log among other text", () => {
  it("gives forms, addresses and JSON with the last time before them", () => {
    const text = [
      "2026-03-02 14:20:05 request begins",
      `body: ${FORM}`,
      '[2026-03-02T15:00:00.123+0100] "https://old.example.com/hook?event=cancelled&booking_id=12"',
      '2026-03-02 16:00:00 got {"notification_type":"hourly"} ok',
      "{ this is no JSON",
      "",
      "2026-03-02 17:00:00 a=1&b=2",
    ].join("\n");

    expect(callsIn(new TextLog(), text)).toEqual([
      `2026-03-02T14:20:05.000Z ${FORM}`,
      "2026-03-02T14:00:00.000Z event=cancelled&booking_id=12",
      '2026-03-02T16:00:00.000Z {"notification_type":"hourly"}',
      "2026-03-02T17:00:00.000Z a=1&b=2",
    ]);
  });

  it("a call of which nobody knows when it came is not taken for news", () => {
    expect(read(new TextLog(), FORM)).toEqual([{ line: 1, calls: [] }]);
  });
});

describe("JSON lines", () => {
  it("give calls as the API shows them", () => {
    const text = JSON.stringify({
      receivedAt: "2026-03-02T13:20:05Z",
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      body: Buffer.from("é").toString("base64"),
      bodyEncoding: "base64",
      state: "done",
    });

    expect(read(jsonLines, text)).toEqual([
      {
        line: 1,
        calls: [
          {
            receivedAt: Date.UTC(2026, 2, 2, 13, 20, 5),
            method: "POST",
            query: "",
            rawHeaders: ["Content-Type", "text/plain"],
            body: Buffer.from("é"),
          },
        ],
      },
    ]);
  });

  it.each([
    ["{"],
    ["[]"],
    ['{"query":"a=1"}'],
    ['{"receivedAt":"yesterday"}'],
    ['{"receivedAt":1,"query":"a=1"}'],
    // What the lists of a source showed is no call of anybody's.
    ['{"receivedAt":1772457605000,"method":"LIST","body":"{}"}'],
  ])("%s is no call", (text) => {
    expect(read(jsonLines, text)).toEqual([{ line: 1, calls: [] }]);
  });
});

it.each([
  ["access-log", 'x - - [02/Mar/2026:14:20:05 +0100] "GET / HTTP/1.1" 200 2\n'],
  ["jsonl", '{"receivedAt":"2026-03-02T13:20:05Z","query":"a=1"}\n'],
  ["mail", "From planyo Mon Mar  2 14:20:05 2026\nSubject: call\n"],
  ["mail", "Received: from mx.example.com\n"],
  ["text", "2026-03-02 14:20:05 begins\n"],
  ["text", ""],
])("%s is told by its first lines, compressed or not", async (format, text) => {
  expect(await formatOf(fileOf(text))).toBe(format);
  expect(await formatOf(fileOf(gzipSync(text)))).toBe(format);
});

it("no record whatever its bytes stops a reader", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(FORM, "{", '{"a":"', "From x", "Date: Mon, 2 Mar 2026 14:20:05 +0100", "--b"),
    fc.constantFrom("", "Content-Type: multipart/mixed; boundary=b", "=3D=", "[02/Mar/2026:"),
  );

  fc.assert(
    fc.property(fc.constantFrom(...RECORD_FORMATS), fc.array(piece), (format, lines) => {
      for (const { line, calls } of read(readerOf(format), lines.join("\n"))) {
        expect(line).toBeGreaterThan(0);
        for (const { receivedAt } of calls) expect(receivedAt).toBeGreaterThan(0);
      }
    }),
  );
});

it.each(RECORD_FORMATS)("hostile lines take a reader of %s no longer than others", (format) => {
  const startedAt = performance.now();
  const long = 1_000_000;
  const lines = [
    "{".repeat(long),
    "?a=".repeat(long / 4),
    " ".repeat(long),
    `"${"[".repeat(long)}`,
  ];
  const head =
    "Date: Mon, 2 Mar 2026 14:20:05 +0100\nContent-Transfer-Encoding: quoted-printable\n\n";

  for (const line of [...lines, "<(;".repeat(long / 4), "&a=".repeat(long / 4)])
    read(readerOf(format), `${head}${line}\n`);

  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

describe("the lines of a file", () => {
  async function linesOf(path: string) {
    const lines = [];
    for await (const some of readLines(path)) lines.push(...some);
    return lines;
  }

  it("are the same from whatever system, with or without a last line break", async () => {
    const lines = await linesOf(fileOf("one\r\ntwo\n\nfour"));

    expect(lines.map(({ number, text }) => `${number} ${text}`)).toEqual([
      "1 one",
      "2 two",
      "3 ",
      "4 four",
    ]);
  });

  it("that are too long are passed over, and those after them read", async () => {
    const lines = await linesOf(fileOf(`${"x".repeat(3_000_000)}\nafter\n`));

    expect(lines).toEqual([
      { number: 1, text: "", isTooLong: true },
      { number: 2, text: "after", isTooLong: false },
    ]);
  });

  it("of a compressed file that breaks off end with its name", async () => {
    const whole = gzipSync(Buffer.from("line\n".repeat(10_000)));
    const path = fileOf(whole.subarray(0, whole.length - 20), "access.log.gz");

    await expect(linesOf(path)).rejects.toThrow(`${path} cannot be read to its end`);
  });
});

it("equal calls of one second are told apart, and named the same when read again", () => {
  const call = {
    receivedAt: Date.UTC(2026, 2, 2),
    method: "GET" as const,
    query: "event=cancelled&booking_id=12",
    rawHeaders: [],
    body: Buffer.alloc(0),
  };
  const names = (connection: string) => {
    const ids = new CallIds(connection);
    return [call, call, { ...call, receivedAt: call.receivedAt + 1_000 }].map((one) =>
      ids.next(one),
    );
  };

  expect(new Set(names("fjord")).size).toBe(3);
  expect(names("fjord")).toEqual(names("fjord"));
  expect(names("bikes")).not.toContain(names("fjord")[0]);
});
