import { ConfigurationError, kindOf, messageOf, PermanentError } from "#sdk";

import type { Tryton } from "../client.ts";
import { type Desk, forgetReadings } from "../desk.ts";
import { isOfAnother, keysOf, successorOf } from "../find-party.ts";
import { isTaken } from "../party.ts";
import { asDecimal } from "../wire.ts";
import { type PartyRecord, readParty } from "./party-record.ts";

/**
 * By Tryton's own wizard, which also goes through the history that Tryton keeps of parties. What has
 * documents stays as a party of nobody; one that has none is deleted.
 */
export async function eraseParty(id: number, desk: Desk): Promise<void> {
  const { tryton } = desk;
  const there = await readParty(id, tryton);
  if (there === undefined) return;
  const last = await lastOf(there, tryton);
  await demandNothingOpen(last.id, desk);
  forgetReadings();
  await giveUpCode(last, tryton);
  await runErase(last, tryton);
  await leaveNothing(last, tryton);
}

/** What it has become a part of, where that is the same guest's. */
async function lastOf(there: PartyRecord, tryton: Tryton): Promise<PartyRecord> {
  const last = await successorOf(there, tryton);
  if (last.id === there.id) return there;
  const key = keysOf(there).find((one) => one.startsWith("guest:"));
  const row = await readParty(last.id, tryton);
  if (row !== undefined && key !== undefined && !isOfAnother(row, key)) return row;
  throw new PermanentError(
    `party ${there.id} has been put together with ${last.id}, which may be somebody else's: erase it in Tryton by hand`,
  );
}

/** The wizard of Tryton 6.0 asks itself, but without a company, so that nothing is ever open. */
async function demandNothingOpen(id: number, { tryton, config }: Desk): Promise<void> {
  const sums = { receivable: asDecimal, payable: asDecimal };
  const shape = { ...sums, ...(config.books && { deposit: asDecimal }) };
  const [row = {}] = await tryton.read("party.party", [id], shape);
  const open = Object.entries(row).filter(([, sum]) => Number(sum) !== 0);
  if (open.length > 0) throw stillOpen(id, open.map(([name]) => name).join(", "));
}

function stillOpen(id: number, what: string, details = {}): PermanentError {
  return new PermanentError(
    `party ${id} cannot be erased yet: settle what is open in Tryton, then do it again (${what})`,
    details,
  );
}

/**
 * Who comes again is somebody new. The books go on finding the party of their documents: by the code
 * that they have it under, as the wizard takes all identifiers away.
 */
async function giveUpCode(party: PartyRecord, tryton: Tryton): Promise<void> {
  if (!party.code.startsWith("guest:")) return;
  const [billed] = booksCodes(party);
  const write = (code: string) => tryton.write("party.party", [party.id], { code });
  const neutral = `erased:${party.id}`;
  try {
    await write(billed ?? neutral);
  } catch (error) {
    if (!isTaken(error)) throw error;
    await write(neutral);
  }
}

function booksCodes(party: PartyRecord): string[] {
  const books = keysOf(party).filter((one) => one.startsWith("books:"));
  return books.map((one) => one.slice("books:".length));
}

async function runErase({ id, active }: PartyRecord, tryton: Tryton): Promise<void> {
  // The wizard wants it so, lest somebody is erased who is still needed.
  if (active) await tryton.write("party.party", [id], { active: false });
  try {
    await tryton.converse("party.erase", async (execute, startState) => {
      await execute(startState, {});
      await execute("erase", { ask: { party: id } });
    });
  } catch (error) {
    if (active && kindOf(error) !== "retryable") {
      await tryton.write("party.party", [id], { active: true });
    }
    throw erasing(error, id);
  }
}

function erasing(error: unknown, id: number): unknown {
  const details = { cause: error, mayHaveHappened: true };
  switch (kindOf(error)) {
    case "permanent":
      return stillOpen(id, messageOf(error), details);
    case "configuration":
      return new ConfigurationError(
        `${messageOf(error)} Erasing needs the group Party Administration`,
        details,
      );
    default:
      return error;
  }
}

async function leaveNothing(party: PartyRecord, tryton: Tryton): Promise<void> {
  const there = await readParty(party.id, tryton);
  if (there === undefined) return;
  const [, ...others] = booksCodes(party);
  const identifiers = there["identifiers."].map(({ id }) => id);
  await tryton.write("party.party", [party.id], {
    ...{ lang: null, categories: [["remove", there["categories."].map(({ id }) => id)]] },
    identifiers: [
      ["delete", identifiers],
      ["create", others.map((code) => ({ code: `books:${code}` }))],
    ],
  });
  try {
    await tryton.remove("party.party", [party.id]);
  } catch (error) {
    // Documents or opportunities are of it, so that it stays, as nobody's.
    if (kindOf(error) !== "permanent") throw error;
  }
}
