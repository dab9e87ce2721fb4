import { z } from "zod";

import { kindOf, PermanentError } from "#sdk";
import type { CrmContext, Note, Remote } from "#sdk/crm";

import { associatedWith, typeOf } from "./associations.ts";
import { HubSpotClient } from "./client.ts";
import type { HubSpotConfig } from "./config.ts";
import { read, Records, type RecordType } from "./records.ts";

type Context = CrmContext<HubSpotConfig>;

/** On the time line of the contact and of the deal. */
export async function writeNote(note: Note, context: Context): Promise<Remote | "gone"> {
  const client = new HubSpotClient(context);
  const known = note.mayExist ? await findNote(note, client) : undefined;
  if (known !== undefined) return { externalId: known };
  try {
    return await make(note, context);
  } catch (error) {
    if (kindOf(error) !== "permanent") throw error;
    // What was deleted is refused in several words, so that it is looked for instead.
    if (!(await isThere("contacts", note.contactId, client))) return "gone";
    const { dealId, ...rest } = note;
    if (dealId === undefined || (await isThere("deals", dealId, client))) throw error;
    return make(rest, context);
  }
}

async function make(note: Note, context: Context): Promise<Remote> {
  const { contactId, dealId } = note;
  const to = (id: string, type: object) => ({ to: { id }, types: [type] });
  const body = {
    properties: {
      hs_timestamp: new Date(context.clock.now()).toISOString(),
      hs_note_body: bodyOf(note),
    },
    associations: [
      to(contactId, typeOf("notes", "contacts")),
      ...(dealId === undefined ? [] : [to(dealId, typeOf("notes", "deals"))]),
    ],
  };
  const call = { method: "POST", path: "v3/objects/notes", body } as const;
  const answer = await new HubSpotClient(context).send(call);
  if (answer === undefined) throw new PermanentError("HubSpot does not find what a note is about");
  return { externalId: read(z.object({ id: z.string() }), answer).id };
}

async function isThere(type: RecordType, id: string, client: HubSpotClient): Promise<boolean> {
  return (await new Records(client, type, []).byId(id)) !== undefined;
}

/** Among those of the contact: unlike the search, that list has what was written just now. */
async function findNote(note: Note, client: HubSpotClient): Promise<string | undefined> {
  const ids = await associatedWith(client, "contacts", note.contactId, "notes");
  const notes = await new Records(client, "notes", ["hs_note_body"]).byIds(ids);
  const mark = markOf(note);
  return notes.find(({ properties }) => properties["hs_note_body"]?.includes(mark))?.id;
}

function bodyOf(note: Note): string {
  return `${escaped(note.text)} ${markOf(note)}`;
}

/** HubSpot has no key for notes, so that the text carries it. */
function markOf({ key }: Note): string {
  return `[${escaped(key)}]`;
}

/** The body is HTML. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
