import type { BookingFields } from "../sdk/booking.ts";
import { languageTag } from "./language-tag.ts";

/** From `customer.email`, `language`, … to `custom.<name of a form item>`, as configured. */
export type FieldMap = Readonly<Record<string, string | undefined>>;

type Fields = Record<string, unknown>;

/** Fills standard fields from custom form items and customer properties; empty ones fill nothing. */
export function mapFields(booking: Partial<BookingFields>, map: FieldMap): Partial<BookingFields> {
  let mapped = booking as Fields;
  for (const [field, path] of Object.entries(map)) {
    const value = path === undefined ? undefined : customValue(booking, path);
    if (value !== undefined && value !== "") mapped = withField(mapped, field.split("."), value);
  }
  return mapped;
}

function customValue({ custom, customer }: Partial<BookingFields>, path: string) {
  const name = path.slice("custom.".length);
  return custom?.[name] ?? customer?.custom?.[name];
}

function withField(fields: Fields, [head = "", ...rest]: readonly string[], value: string): Fields {
  if (rest.length > 0) {
    return { ...fields, [head]: withField((fields[head] ?? {}) as Fields, rest, value) };
  }
  if (head === "language") {
    const language = languageTag(value);
    return language === undefined ? fields : { ...fields, language };
  }
  if (head !== "travellerCount") return { ...fields, [head]: value };
  return /^\d{1,6}$/.test(value.trim()) ? { ...fields, [head]: Number(value) } : fields;
}
