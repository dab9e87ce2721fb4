import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { MailBox } from "../../src/demo/mail-box.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { mail, PDF } from "./mail-builder.ts";

function namesIn(folder: string): string[] {
  return readdirSync(folder).sort();
}

it("a mail becomes a text, a page and its voucher", () => {
  const folder = join(temporaryFolder(), "demo-output");

  new MailBox(folder).add(mail());

  expect(namesIn(folder)).toEqual([
    "001-voucher-1201.html",
    "001-voucher-1201.pdf",
    "001-voucher-1201.txt",
  ]);
  expect(readFileSync(join(folder, "001-voucher-1201.pdf"))).toEqual(PDF);
  expect(readFileSync(join(folder, "001-voucher-1201.txt"), "utf8")).toBe(
    "From: Fjord Walks <post@example.com>\nTo: siobhan@example.com\n" +
      "Subject: Voucher for booking 1201\n\nHello Siobhán,\n\nThank you.",
  );
});

it.each([
  ["予約 1201 のキャンセル", "002-予約-1201-のキャンセル.txt"],
  ["../../etc/passwd", "002-etc-passwd.txt"],
  ["🐕", "002-mail.txt"],
])(
  "a mail without voucher is named after its subject %j, never outside the folder",
  (subject, name) => {
    const folder = temporaryFolder();

    new MailBox(folder).add(mail({ number: 2, subject, html: undefined, files: [] }));

    expect(namesIn(folder)).toEqual([name]);
  },
);

it("mails of an earlier demo are removed, files that somebody put there stay", () => {
  const folder = temporaryFolder();
  new MailBox(folder).add(mail());
  writeFileSync(join(folder, "notes.txt"), "mine");
  mkdirSync(join(folder, "photos"));

  const box = new MailBox(folder);

  expect(box.mails).toEqual([]);
  expect(namesIn(folder)).toEqual(["notes.txt", "photos"]);
});

it("after 200 mails the oldest makes room, its files too", () => {
  const folder = temporaryFolder();
  const box = new MailBox(folder);

  for (let number = 1; number <= 201; number += 1) box.add(mail({ number, files: [] }));

  expect([box.mails.length, box.mails[0]?.number, box.get(1)]).toEqual([200, 201, undefined]);
  expect(namesIn(folder).filter((name) => name.startsWith("001-"))).toEqual([]);
  expect(namesIn(folder).length).toBe(400);
});
