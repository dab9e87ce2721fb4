import type { HandlerContext } from "../context.ts";
import { NOT_HELD, type Kept, Turn } from "./keep.ts";
import type { CrmSettings } from "./settings.ts";
import { takenOffAs } from "./standing.ts";
import type { CrmTarget } from "./target.ts";

/**
 * A guest who says no is taken off the list, though the target cannot hold the contact as it is now:
 * what it was written as before, such as the address, is still sent to.
 */
export async function takeOff<Config extends CrmSettings>(
  { contacts }: CrmTarget<Config>,
  person: string,
  context: HandlerContext<Config>,
): Promise<Kept> {
  const turn = new Turn(context, "contact", person);
  const standing = await turn.begin();
  const { last } = standing;
  const { written, remote } = last ?? {};
  if (!contacts.takeOff || !remote || written?.state !== "there") return { reason: NOT_HELD };
  const data = takenOffAs(written, context.lane);
  if (written.hash === data.hash && !turn.hasUnfinished) return { reason: NOT_HELD };
  const takeOffList = contacts.takeOff.bind(contacts);
  const summary = "Took the contact off the list";
  const { externalId, link } = remote;
  await turn.take(standing, { plan: "take the contact off the list", data }, async () => {
    await takeOffList(remote, context);
    return { externalId, ...(link !== undefined && { link }), summary, data };
  });
  return { done: summary };
}
