import type { Fields, Known, Refused } from "#sdk/crm";

import type { Desk } from "../desk.ts";
import { isOfAnother, partiesWith } from "../find-party.ts";

/**
 * The party that holds a code which was to be made. Somebody was faster; or the office had set the
 * party inactive, and it is wanted all the same: then nothing of it counts as the office's.
 */
export async function takeBack(
  code: string,
  { key = "" }: Fields,
  { tryton }: Desk,
): Promise<Known | Refused | "gone"> {
  const [holder] = await partiesWith([code], [], tryton);
  if (holder === undefined) return "gone";
  const { id, active } = holder;
  if (isOfAnother(holder, key)) {
    return { refused: `its code is that of party ${id} of Tryton, which is somebody else's` };
  }
  if (!active) await tryton.write("party.party", [id], { active: true });
  return { externalId: String(id), isEdited: (_, value) => active && value !== "" };
}
