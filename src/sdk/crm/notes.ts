import { titleOf } from "../title.ts";
import type { BookingEvent } from "../booking-event.ts";
import type { HandlerContext } from "../context.ts";
import type { Kept } from "./keep.ts";
import type { CrmSettings } from "./settings.ts";
import type { CrmTarget } from "./target.ts";

const NO_CONTACT = "the contact was deleted at the other side: no note about it";

/** Tells in the history of the contact that a booking has another status. History itself is no news. */
export async function writeNote<Config extends CrmSettings>(
  target: CrmTarget<Config>,
  { origin, time }: BookingEvent,
  { contact, deal }: { contact: Kept; deal: Kept },
  context: HandlerContext<Config>,
): Promise<Kept> {
  const { current, ledger, config, effect } = context;
  const contactId = contact.externalId;
  if (!target.note || !config.notes || !current || contactId === undefined) return {};
  const { connection, reference, status } = current;
  const notes = ledger.filter(({ key }) => key.startsWith("note:"));
  const last = notes.at(-1);
  if (last?.state === "done" && last.data?.["status"] === status) return {};
  const isUnfinished = last !== undefined && last.state !== "done";
  const key = isUnfinished ? last.key : `note:${notes.length + 1}`;
  const isAdopted = origin === "adopted";
  if (isAdopted && isUnfinished) return {};
  // Taken over, or read again from before the first use, it is history: a note would tell it as news
  // of today, and so would one about the next change that leaves the status as it is.
  if (isAdopted || (notes.length === 0 && Date.parse(time) < (await context.firstUsedAt()))) {
    await effect(key, {
      plan: "remember the status, without a note",
      ...{ data: { status }, intent: { status } },
      find: () => Promise.resolve(undefined),
      perform: () => Promise.resolve({ summary: "Wrote no note of history", data: { status } }),
    });
    return {};
  }
  const note = {
    ...{ key: `${connection}/${reference}/${key}`, contactId, mayExist: false },
    text: `${titleOf(current)}: ${status.replace("_", " ")}`,
    ...(deal.externalId !== undefined && { dealId: deal.externalId }),
  };
  const writeLine = target.note.bind(target);
  const result = await effect(key, {
    plan: "write a note",
    data: { status },
    intent: { status },
    find: () => {
      note.mayExist = true;
      return Promise.resolve(undefined);
    },
    perform: async () => {
      const written = await writeLine(note, context);
      // Remembered like one that was written: the same status is not tried again.
      if (written === "gone") return { summary: NO_CONTACT, data: { status } };
      return { ...written, summary: `Wrote a note: ${status}`, data: { status } };
    },
  });
  if (result.summary === NO_CONTACT) return { reason: NO_CONTACT };
  return { done: result.summary ?? "wrote a note" };
}
