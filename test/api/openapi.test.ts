import { afterEach, describe, expect, it, vi } from "vitest";

import { apiRoutes } from "../../src/api/api.ts";
import { type ApiDescription, describeApi } from "../../src/api/openapi/document.ts";
import type { Operation } from "../../src/api/openapi/operation.ts";
import type { ActingParts } from "../../src/api/acting.ts";
import type { BooksRouteParts } from "../../src/api/books.ts";
import type { ReadingParts } from "../../src/api/reading.ts";
import { presentBooking } from "../../src/queries/bookings.ts";
import { ComparedDays } from "../../src/reconcile/compared-days.ts";
import { DIFFERENCE_KINDS } from "../../src/reconcile/difference.ts";
import { DifferenceStore } from "../../src/reconcile/difference-store.ts";
import { type App, callApi, untilSettled } from "../harness/app.ts";
import { onOneStore } from "../harness/stores.ts";
import { AnswerCheck } from "./answer-schemas.ts";
import { BIKES, confirmedReservation, notify, reservation, startBikes } from "./bikes.ts";
import { EVERY_FIELD } from "./every-field.ts";

const description = describeApi();

function operations(): { name: string; operation: Operation }[] {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );
}

/** Every `$ref` of the description, wherever it stands. */
function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === "$ref" ? [String(inner)] : references(inner),
  );
}

describe("the description", () => {
  it("names every call that there is, and no other", () => {
    const implemented = apiRoutes({} as ReadingParts & ActingParts & BooksRouteParts).map(
      ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`,
    );

    expect(operations().map(({ name }) => name)).toEqual(
      expect.arrayContaining([...implemented, "get /openapi.json"]),
    );
    expect(operations()).toHaveLength(implemented.length + 1);
  });

  it("refers only to schemas that it has, and uses each of them", () => {
    const used = new Set(references(description).map((ref) => ref.split("/").at(-1)));

    expect([...used].sort()).toEqual(Object.keys(description.components.schemas).sort());
  });

  it("gives every parameter of a path, and every call a name of its own", () => {
    for (const { name, operation } of operations()) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const described = (operation.parameters ?? []).filter((one) => one.in === "path");
      expect(described.map((parameter) => parameter.name)).toEqual(inPath);
      expect(Object.keys(operation.responses)).toContain("200");
    }
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it("gives every filter a type and says what it does", () => {
    for (const { operation } of operations()) {
      for (const { description: said, schema } of operation.parameters ?? []) {
        expect(said).not.toBe("");
        expect(schema.type).toBeDefined();
      }
    }
  });

  it("is OpenAPI 3.1", () => {
    expect(description.openapi).toBe("3.1.0");
  });
});

onOneStore((store) => {
  let app: App | undefined;
  afterEach(() => app?.stop());

  it("every answer is as described, in a shop where something has happened", async () => {
    // Goes off as soon as a reservation is made.
    const timers = [{ name: "welcome", relativeTo: "created", offset: "0m" }];
    const config = { ...BIKES, timers };
    app = await startBikes({ location: await store.newLocation(), config });
    await timerThatGoesOff(app);
    await fillShop(app);
    const served = await servedDescription(app);
    const check = new AnswerCheck(served);

    for (const path of await pathsToTry(app)) {
      const { status, body } = await callApi(app, path.url);
      if (path.name === "/reconciliations") expect(body).toMatchObject({ data: [{ missing: 1 }] });
      const schema = served.paths[path.name]?.get?.responses["200"]?.content;
      expect(status, path.url).toBe(200);
      expect(check.faultsOf(schema?.["application/json"]?.schema ?? {}, body), path.url).toEqual(
        [],
      );
    }
  });
});

it("problems are as described, whichever it is", async () => {
  const app = await startBikes({ roles: "console" });
  try {
    const check = new AnswerCheck(description);
    const problem = description.components.schemas["Problem"] ?? {};

    for (const path of ["/deliveries?state=lost", "/jobs/none", "/replays/none"]) {
      const { status, body } = await callApi(app, path);
      expect(status, path).toBeGreaterThanOrEqual(400);
      expect(check.faultsOf(problem, body), path).toEqual([]);
    }
  } finally {
    await app.stop();
  }
});

/** Reservations, one of them cancelled and paid, and calls about a coupon and a closure. */
async function fillShop(app: App): Promise<void> {
  await confirmedReservation(app);
  const paid = { payment_amount: "100.00", amount_paid: "100.00" };
  await notify(app, reservation("reservation_payment_received", "9000101", paid));
  await notify(app, reservation("reservation_user_canceled", "9000101", { status: "8" }));
  await notify(app, "notification_type=reservation_confirmed");
  await notify(app, "notification_type=resource_removed&resource=3101&calendar=77001");
  await untilSettled(app);
  await callApi(app, "/replays", { json: { kind: "jobs", connection: "bikes" } });
  await compareDay(app);
  await untilSettled(app);
}

async function timerThatGoesOff(app: App): Promise<void> {
  await confirmedReservation(app, "9000109");
  await vi.waitFor(async () => {
    const { body } = await callApi(app, "/events?type=booking.timer&subject=9000109");
    expect(body).toMatchObject({ data: [{ data: { timer: { name: "welcome", generation: 1 } } }] });
  }, 10_000);
}

/** A day with a difference of each kind: open, repaired, and with values of every shape. */
async function compareDay({ db }: App): Promise<void> {
  const differences = new DifferenceStore(db);
  const start = { date: "2026-05-12", time: "09:00", timeZone: "Europe/Madrid" };
  const changes = [
    { path: "totals.paid", before: { amountMinor: 0, currency: "EUR" }, after: undefined },
    { path: "start", before: start, after: { ...start, time: "10:00" } },
    { path: "remarks", before: null, after: "late" },
  ];
  const found = DIFFERENCE_KINDS.map((kind, index) => ({
    subject: `91000${index}`,
    kind,
    shown: "a",
    changes: kind === "different" ? changes : [],
    delivery: index + 1_000,
  }));
  await new ComparedDays(db).note("bikes", { there: 3, here: 2 }, Date.now());
  await db.transaction((trx) => differences.note(trx, "bikes", found, Date.now()));
  await differences.end([{ delivery: 1_000, state: "repaired", cause: "lost" }], Date.now());
}

async function servedDescription({ url }: App): Promise<ApiDescription> {
  const response = await fetch(`${url}/api/v1/openapi.json`);
  expect(response.status).toBe(200);
  return (await response.json()) as ApiDescription;
}

/** Each reading call; those by id once for every element that there is. */
async function pathsToTry(app: App): Promise<{ name: string; url: string }[]> {
  const lists = [
    "/deliveries",
    "/events",
    "/bookings",
    "/jobs",
    "/effects",
    "/occurrences",
    "/replays",
    "/incidents",
    "/reconciliations",
    "/books",
    "/books/totals",
  ];
  const single = ["/deliveries", "/events", "/jobs", "/replays"].map(async (list) => {
    const { body } = await callApi(app, list);
    const { data } = body as { data: { id: string }[] };
    expect(data.length).toBeGreaterThan(0);
    return data.map(({ id }) => ({ name: `${list}/{id}`, url: `${list}/${id}` }));
  });
  return [
    ...lists.map((list) => ({ name: list, url: list })),
    ...(await Promise.all(single)).flat(),
    { name: "/bookings/{connection}/{reference}", url: "/bookings/bikes/9000101" },
    { name: "/status", url: "/status" },
  ];
}

describe("the check of answers", () => {
  it("finds a missing field, a wrong one and one that nobody described", () => {
    const check = new AnswerCheck(description);
    const money = { amount: "1.00", minor: 100, currency: "EUR" };
    const faults = (value: object) =>
      check.faultsOf(description.components.schemas["Money"] ?? {}, value).length;

    expect(faults(money)).toBe(0);
    expect(faults({ amount: "1.00", currency: "EUR" })).toBe(1);
    expect(faults({ ...money, amount: 1 })).toBe(1);
    expect(faults({ ...money, cents: 100 })).toBe(1);
  });
});

it("a booking with every field there is is described in full", () => {
  const check = new AnswerCheck(description);

  const shown = presentBooking(EVERY_FIELD);

  expect(check.faultsOf(description.components.schemas["Booking"] ?? {}, shown)).toEqual([]);
});
