import type { EffectResult, HandlerContext } from "../context.ts";
import { formatAmount } from "../money.ts";
import type { AccountingDocument } from "./document.ts";
import type { NotedDocument } from "./noted.ts";
import { periodOf } from "./periods.ts";
import type { AccountingTarget, Posting } from "./target.ts";

/** Posts one document, once. */
export async function post<Config>(
  target: AccountingTarget<Config>,
  context: HandlerContext<Config>,
  posting: Posting,
): Promise<EffectResult> {
  const { document, title, number: name } = posting;
  const intent = { document: JSON.stringify(document), number: name, title };
  let mayExist = posting.mayExist;
  return context.effect(document.key, {
    plan: `post ${sentenceOf(document)}`,
    data: intent,
    intent,
    period: periodOf(document),
    // The target looks itself, and goes on from where the earlier try stopped.
    find: () => {
      mayExist = true;
      return Promise.resolve(undefined);
    },
    perform: async () => {
      const {
        externalId,
        number,
        link,
        roundingMinor = 0,
      } = await target.post({ ...posting, mayExist }, context);
      const known = number === undefined ? "" : ` as ${number}`;
      return {
        externalId,
        summary: `Posted ${sentenceOf(document)}${known}`,
        data: { ...intent, ...(roundingMinor !== 0 && { roundingMinor }) },
        ...(link !== undefined && { link }),
      };
    },
  });
}

/** `invoice:2 over EUR 120.00` */
export function sentenceOf(document: AccountingDocument | NotedDocument): string {
  const { key, totalMinor: amountMinor, currency, note } = document;
  const reason = note === undefined ? "" : ` (${note})`;
  return `${key.replace("_", " ")} over ${currency} ${formatAmount({ amountMinor, currency })}${reason}`;
}
