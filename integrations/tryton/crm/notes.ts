import type { CrmContext, Note, Remote } from "#sdk/crm";

import { atDesk } from "../at-desk.ts";
import type { TrytonConfig } from "../config.ts";
import { asId, escaped } from "../wire.ts";

/** Beside the opportunity, where there is one, else the party. */
export async function writeNote(
  { key, text, contactId, dealId, mayExist }: Note,
  context: CrmContext<TrytonConfig>,
): Promise<Remote | "gone"> {
  return atDesk(context, async ({ tryton }) => {
    const guest = [["id", "=", Number(contactId)]];
    const [party] = await tryton.searchRead("party.party", guest, { id: asId });
    if (party === undefined) return "gone";
    const resource =
      dealId === undefined ? `party.party,${contactId}` : `sale.opportunity,${dealId}`;
    // Tryton has no key for notes, so that the text carries it.
    const mark = `[${key}]`;
    if (mayExist) {
      const domain = [
        ["resource", "=", resource],
        ["message", "like", `%${escaped(mark)}`],
      ];
      const [known] = await tryton.searchRead("ir.note", domain, { id: asId });
      if (known !== undefined) return { externalId: String(known.id) };
    }
    const message = `${text} ${mark}`;
    return { externalId: String(await tryton.create("ir.note", { resource, message })) };
  });
}
