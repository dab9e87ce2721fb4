import { expect, it } from "vitest";

import { TrytonConfig } from "./config.ts";
import { isInDatabase, remoteOf } from "./crm/party-record.ts";
import integration from "./index.ts";

const SERVER = { url: "https://tryton.example.com", database: "d", user: "u", password: "p" };

function wantedBy(settings: object): string[] {
  const config = TrytonConfig.parse({ ...SERVER, ...settings });
  const { handlers = [], schedules = [], people } = integration;
  const parts = [...handlers, ...schedules].filter(
    (part) => !("isWanted" in part) || part.isWanted(config),
  );
  const ids = parts.map(({ id }) => id);
  return people?.isWanted?.(config) ? [...ids, "people"] : ids;
}

it("keeps the books and nothing else, unless the settings say so", () => {
  expect(wantedBy({})).toEqual(["documents", "service-date", "statements", "takings"]);
});

it("keeps guests alone, or both", () => {
  expect(wantedBy({ books: false, contacts: true })).toEqual(["contact", "deal", "people"]);
  expect(wantedBy({ contacts: true })).toEqual([
    ...["documents", "contact", "deal", "service-date", "statements", "takings", "people"],
  ]);
});

it("that keep nothing are refused", () => {
  expect(() => wantedBy({ books: false })).toThrow("nothing would be kept in Tryton");
});

it("a party of another database is none here, whatever the server is called", () => {
  const config = (parts: object) => ({ config: TrytonConfig.parse({ ...SERVER, ...parts }) });
  const party = remoteOf("party.party", 7, config({ database: "trial" }));

  const reachable = [{ database: "trial", url: "https://office.example.com" }, {}].map((parts) =>
    isInDatabase(party, config(parts)),
  );

  expect(reachable).toEqual([true, false]);
});
