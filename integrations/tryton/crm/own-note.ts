import { z } from "zod";

import type { Tryton } from "../client.ts";
import { asId } from "../wire.ts";

/*
 * Parties and opportunities of Tryton have no fields for what only we know, such as how often a guest
 * has come. It stands in one note beside the record, which is ours: the office writes its own.
 */

const HEAD = "Bellhop keeps this note up to date.";
const NoteRow = { id: asId, resource: z.string(), message: z.string().nullable() };

/** By the names that people read. */
export type Facts = Readonly<Record<string, string>>;

export function factsText(facts: Facts): string {
  const given = Object.entries(facts).filter(([, value]) => value !== "");
  return given.map(([name, value]) => `${name}: ${value}`).join("\n");
}

/**
 * @param text As `factsText` has it.
 * @param isNew The record was made just now, so that no note is there.
 */
export async function keepNote(
  resource: string,
  text: string,
  { tryton, isNew }: { tryton: Tryton; isNew: boolean },
): Promise<void> {
  const message = `${HEAD}\n${text}`;
  const [note] = isNew ? [] : await ownNotes([resource], tryton);
  if (note === undefined) await tryton.create("ir.note", { resource, message });
  else if (note.message !== message) await tryton.write("ir.note", [note.id], { message });
}

/** What our notes say, by the record that they are about: `party.party,7`. */
export async function readFacts(
  resources: readonly string[],
  tryton: Tryton,
): Promise<ReadonlyMap<string, Facts>> {
  const notes = await ownNotes(resources, tryton);
  return new Map(notes.map(({ resource, message }) => [resource, factsOf(message ?? "")]));
}

async function ownNotes(resources: readonly string[], tryton: Tryton) {
  if (resources.length === 0) return [];
  const domain = [
    ["resource", "in", resources],
    ["message", "like", `${HEAD}%`],
  ];
  return tryton.searchRead("ir.note", domain, NoteRow, { order: [["id", "ASC"]] });
}

function factsOf(message: string): Facts {
  const [, ...lines] = message.split("\n");
  const pairs = lines.map((line) => line.split(": "));
  return Object.fromEntries(pairs.map(([name = "", ...value]) => [name, value.join(": ")]));
}
