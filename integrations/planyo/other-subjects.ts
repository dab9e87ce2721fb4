import { createHash } from "node:crypto";

import { PermanentError, type Customer, type Notice, type SubjectRecord } from "#sdk";

import type { About } from "./events.ts";
import type { Fields } from "./fields.ts";
import { customerFacts } from "./reservation-payload.ts";
import { customerOf } from "./reservation-view.ts";

/** They tell of the notification, not of its subject. */
const NOT_STATE: ReadonlySet<string> = new Set([
  "notification_type",
  "is_event_fired_by_customer",
  "is_quiet",
  "is_new_user",
]);

/** Ids become part of keys in the database. */
const MAX_ID_LENGTH = 100;

export type OtherSubject = Pick<Notice, "subject" | "record"> & { customer?: Customer };

/**
 * What a notification that is not about a reservation is about.
 *
 * @throws PermanentError when it does not say which customer or resource it means.
 */
export function otherSubject(about: Exclude<About, "booking">, fields: Fields): OtherSubject {
  switch (about) {
    case "customer":
      return customerSubject(fields);
    case "coupon":
      return withRecord("coupon", couponId(fields), fields);
    case "vacation":
      return withRecord("vacation", vacationId(fields), fields);
    case "resource":
      return withRecord("resource", resourceId(fields) ?? refuse("resource"), fields);
    case "clock":
      return { subject: { kind: "clock" } };
    case "unknown":
      return unknownSubject(fields);
  }
}

function customerSubject(fields: Fields): OtherSubject {
  const id = userId(fields) ?? refuse("user");
  const customer = withoutEmpty(customerOf(customerFacts(fields, true)));
  return { ...withRecord("customer", id, fields), ...(customer && { customer }) };
}

function withoutEmpty(view: ReturnType<typeof customerOf>): Customer | undefined {
  if (!view) return undefined;
  const { address, ...person } = view;
  const lines = filled(address ?? {});
  return { ...filled(person), ...(Object.keys(lines).length > 0 && { address: lines }) };
}

type Filled<T> = { [K in keyof T]?: NonNullable<T[K]> };

function filled<T extends object>(values: T): Filled<T> {
  const entries = Object.entries(values).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(entries) as Filled<T>; // `fromEntries` forgets which names there were
}

/** A coupon without a code is accessed by e-mail address. */
function couponId(fields: Fields): string {
  return fields.text("coupon_code") ?? fields.text("coupon_email") ?? hashOf(recordOf(fields));
}

/** An import names many ids at once, a body may name none. */
function vacationId(fields: Fields): string {
  const ids = fields.list("updated_vacation_ids");
  if (ids.length > 0) return ids.join(",");
  const place = fields.text("resource_id") ?? `site-${siteId(fields) ?? "unknown"}`;
  return `${place}-${fields.text("vacation_type") ?? "unknown"}`;
}

/** Never guesses more than a name says: an unknown event changes no state. */
function unknownSubject(fields: Fields): OtherSubject {
  const resource = resourceId(fields);
  if (resource !== undefined) return { subject: { kind: "resource", id: short(resource) } };
  const user = userId(fields);
  if (user !== undefined) return { subject: { kind: "customer", id: short(user) } };
  return { subject: { kind: "clock" } };
}

function withRecord(
  kind: "customer" | "coupon" | "vacation" | "resource",
  id: string,
  fields: Fields,
): OtherSubject {
  const record = recordOf(fields);
  return { subject: { kind, id: short(id) }, record: { ...record, ...endOf(kind, fields) } };
}

/**
 * A coupon whose payment is removed, or a resource that is gone, has the same fields as before: only
 * the type of the notification says that it is in another state.
 */
function endOf(kind: string, fields: Fields): SubjectRecord {
  if (kind !== "coupon" && kind !== "resource") return {};
  return { notification_type: fields.text("notification_type") ?? "" };
}

/** The fields as they came; null and missing are the same, as they are between JSON and form. */
function recordOf(fields: Fields): SubjectRecord {
  const entries = Object.entries(fields.toRecord());
  return Object.fromEntries(
    entries.filter(([name, value]) => value !== null && !NOT_STATE.has(name)),
  );
}

// The same thing has different names from one notification to the next (Planyo FAQ 222).
function resourceId(fields: Fields): string | undefined {
  return fields.text("resource_id") ?? fields.text("resource");
}

function userId(fields: Fields): string | undefined {
  return fields.text("user") ?? fields.text("user_id");
}

function siteId(fields: Fields): string | undefined {
  return fields.text("site_id") ?? fields.text("calendar");
}

function short(id: string): string {
  return id.length <= MAX_ID_LENGTH ? id : hashOf({ id });
}

function hashOf(record: SubjectRecord): string {
  const canonical = JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(canonical).digest("hex").slice(0, 32);
}

function refuse(name: string): never {
  throw new PermanentError(`incomplete: no ${name}`);
}
