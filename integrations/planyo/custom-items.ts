import type { CustomFields } from "#sdk";

import type { Fields } from "./fields.ts";

/** Parameters of every reservation notification (Planyo FAQ 222). Their names always win. */
const STANDARD: ReadonlySet<string> = new Set(
  `notification_type reservation resource resource_name calendar start end user user_id count
  creation_date status currency price_quoted discount price_no_discount amount_paid
  amount_outstanding cart_id email first_name last_name country city address zip state phone
  is_event_fired_by_customer is_quiet affected_resources package_contents form_items
  user_properties unit_assignment`.split(/\s+/),
);

/** Parameters of single reservation notifications: elsewhere they are custom items if listed. */
const SOMETIMES: ReadonlySet<string> = new Set(
  `payment_amount removed_payment_amount removed_payment_currency removed_payment_time
  removed_payment_mode relative_to time_difference site_id resource_id ppp_payload`.split(/\s+/),
);

/** Not a form item anybody could have, but an attack on code that copies objects. */
const NEVER: ReadonlySet<string> = new Set(["__proto__"]);

/**
 * The custom form items of a reservation: those that `form_items` names and every other parameter
 * that is not Planyo's own. A check box that is not ticked is listed and has no value: it stays,
 * empty, so that clearing it is seen as a change.
 *
 * @param isComplete Whether an empty `form_items` may be believed.
 * @returns undefined when the notification does not show custom items.
 */
export function customItems(fields: Fields, isComplete: boolean): CustomFields | undefined {
  const listed = fields.list("form_items");
  const ofCustomer = new Set(fields.list("user_properties"));
  const others = fields.names.filter((name) => !SOMETIMES.has(name) && !ofCustomer.has(name));
  const names = [...new Set([...listed, ...others])].filter(isCustom);
  if (names.length === 0 && !(isComplete && fields.has("form_items"))) return undefined;
  return mapOf(fields, names);
}

/**
 * The customer's own properties. Planyo does not say what an empty `user_properties` means, and
 * to believe it could wipe out a company's VAT number: it counts as not shown.
 */
export function customerProperties(fields: Fields): CustomFields | undefined {
  const names = fields.list("user_properties").filter(isCustom);
  return names.length === 0 ? undefined : mapOf(fields, names);
}

/** True for Planyo's own parameters of which a reservation has one value each. */
export function isStandardItem(name: string): boolean {
  return STANDARD.has(name) && name !== "form_items" && name !== "user_properties";
}

function isCustom(name: string): boolean {
  return !STANDARD.has(name) && !NEVER.has(name);
}

function mapOf(fields: Fields, names: readonly string[]): CustomFields {
  return Object.fromEntries(names.map((name) => [name, fields.joined(name)]));
}
