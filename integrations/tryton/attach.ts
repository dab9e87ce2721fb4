import type { Desk } from "./desk.ts";
import { asId, bytes } from "./wire.ts";

/**
 * Puts a file beside an invoice, where a bookkeeper opens it. Once for each name: another try finds
 * it there.
 *
 * @param reference `account.invoice,12`
 */
export async function attach(
  reference: string,
  name: string,
  content: Buffer,
  { tryton }: Desk,
): Promise<void> {
  const domain = [
    ["resource", "=", reference],
    ["name", "=", name],
  ];
  const there = await tryton.searchRead("ir.attachment", domain, { id: asId });
  if (there.length > 0) return;
  await tryton.create("ir.attachment", {
    ...{ name, resource: reference, type: "data", data: bytes(content) },
  });
}
