import { afterAll, expect, it } from "vitest";

import { buildPage } from "./built-page.ts";

const page = buildPage("docs/add-a-crm-target.md", "card-box");
page.add("README.md", "# Card Box\n\n## What it does\n\n## Settings\n");
afterAll(page.remove);

await page.runItsTest();

it("the page gives every file of an integration", () => {
  expect(page.files).toEqual([
    "box.ts",
    "card-box.test.ts",
    "client.ts",
    "config.ts",
    "fields.ts",
    "index.ts",
    "target.ts",
  ]);
});

it("Bellhop finds it in a folder of integrationPaths, and its block of settings names it", async () => {
  const { manifest, handlers, people } = await page.load();

  expect(manifest.name).toBe("Card Box");
  expect(handlers?.map(({ id }) => id)).toEqual(["contact", "deal"]);
  expect(Object.keys(people ?? {})).toEqual(["erase", "export"]);
  expect(page.text).toContain("integrationPaths: [./my-integrations]");
});
