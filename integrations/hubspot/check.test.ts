import { expect, it } from "vitest";

import { check } from "./check.ts";
import { Desk, failureOf } from "./testing.ts";

function checked({ context }: Desk) {
  return check(context);
}

it("says that all is there", async () => {
  expect(await checked(new Desk())).toBe(
    "deals go into the pipeline Sales; all properties are there",
  );
});

it("a property that is missing is named, with how to make it", async () => {
  const desk = new Desk();
  const { properties } = desk.fake.records;
  properties.deals = properties.deals.filter(({ name }) => name !== "bellhop_booking");

  const { kind, message } = await failureOf(checked(desk));

  expect(kind).toBe("configuration");
  expect(message).toContain("deals have no property bellhop_booking");
  expect(message).toContain("(string, with unique values), or set makeProperties: true");
});

it("makes what is missing when it may", async () => {
  const desk = new Desk({ makeProperties: true });
  const { properties } = desk.fake.records;
  properties.contacts = properties.contacts.filter(({ name }) => !name.startsWith("bellhop_"));

  await checked(desk);

  expect(await checked(desk)).toContain("all properties are there");
  expect(properties.contacts).toContainEqual({ name: "bellhop_person", hasUniqueValue: true });
});

it("a key whose values are not unique has to be made again", async () => {
  const desk = new Desk();
  const key = desk.fake.records.properties.contacts.find(({ name }) => name === "bellhop_person");
  if (key) key.hasUniqueValue = false;

  expect((await failureOf(checked(desk))).message).toContain("are not unique");
});

it("a pipeline or a stage that is not there is named, with those that are", async () => {
  const pipeline = await failureOf(checked(new Desk({ pipeline: "Tours" })));
  const stage = await failureOf(checked(new Desk({ stages: { confirmed: "booked" } })));

  expect(pipeline.message).toContain("no pipeline Tours of deals; there are Sales");
  expect(stage.message).toContain("no stage booked; there are open, won, missed, lost");
});
