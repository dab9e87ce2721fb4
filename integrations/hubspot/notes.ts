import { z } from "zod";

import { PermanentError } from "#sdk";
import type { CrmContext, Note } from "#sdk/crm";

import { associatedWith, typeOf } from "./associations.ts";
import { HubSpotClient } from "./client.ts";
import type { HubSpotConfig } from "./config.ts";
import { read, Records } from "./records.ts";

/** On the time line of the contact and of the deal. */
export async function writeNote(note: Note, context: CrmContext<HubSpotConfig>): Promise<string> {
  const client = new HubSpotClient(context);
  const known = note.mayExist ? await findNote(note, client) : undefined;
  if (known !== undefined) return known;
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
  const answer = await client.send({ method: "POST", path: "v3/objects/notes", body });
  if (answer !== undefined) return read(z.object({ id: z.string() }), answer).id;
  throw new PermanentError(`contact ${contactId} is not there any more: no note about it`);
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
