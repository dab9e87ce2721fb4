import { afterAll, expect, it } from "vitest";

import { buildPage } from "./built-page.ts";

const page = buildPage("docs/add-an-accounting-target.md", "paper-books");
page.add("README.md", "# Paper Books\n\n## What it does\n\n## Settings\n");
afterAll(page.remove);

await page.runItsTest();

it("the page gives every file of an integration", () => {
  expect(page.files).toEqual([
    "client.ts",
    "config.ts",
    "entries.ts",
    "index.ts",
    "paper-books.test.ts",
    "target.ts",
  ]);
});

it("Bellhop finds it in a folder of integrationPaths, and its block of settings names it", async () => {
  const { manifest, handlers, schedules } = await page.load();

  expect(manifest.name).toBe("Paper Books");
  expect(handlers?.map(({ id }) => id)).toEqual(["documents"]);
  expect(schedules?.map(({ id }) => id)).toEqual(["service-date", "statements", "takings"]);
  expect(page.text).toContain("integrationPaths: [./my-integrations]");
});
