import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";
import { z } from "zod";

import { PlanyoConfig } from "./config.ts";

it("a connection for bookings needs no setting at all", () => {
  expect(PlanyoConfig.parse({})).toEqual({
    apiBaseUrl: "https://www.planyo.com/rest/",
    timestamps: "auto",
    timeZone: "UTC",
    timers: "both",
    hourlyLimit: 500,
    secondsBetweenCalls: 1,
  });
});

it.each([
  ["an unknown key", { apikey: "x" }],
  ["a site that is not a number", { siteId: "seventy" }],
  ["a zone that does not exist", { timeZone: "Europe/Atlantis" }],
  ["an offset instead of a zone", { timeZone: "+02:00" }],
  ["an address that is none", { apiBaseUrl: "planyo" }],
  ["an address of another kind", { apiBaseUrl: "file:///etc/passwd" }],
  ["a reading of times that is none", { timestamps: "local" }],
  ["no calls at all", { hourlyLimit: 0 }],
])("%s stops the start before a booking is misread", (_title, value) => {
  expect(PlanyoConfig.safeParse(value).success).toBe(false);
});

it("every setting is described, and the keys to the bookings are marked as secret", () => {
  const schema = z.toJSONSchema(PlanyoConfig);
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    ...(property as { description?: string; secret?: boolean }),
  }));

  expect(properties.filter(({ description }) => !description)).toEqual([]);
  expect(properties.filter(({ secret }) => secret).map(({ name }) => name)).toEqual([
    "apiKey",
    "hashKey",
  ]);
});

it("the README's table names every setting for bookings, and no other", () => {
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");

  const [, section = ""] = /## Settings\n([^]*?)\n## /.exec(readme) ?? [];
  const named = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect(named).toEqual(Object.keys(PlanyoConfig.shape));
});
