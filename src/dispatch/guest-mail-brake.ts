import type { Database } from "../db/database.ts";
import { HourlyCounts } from "../db/hourly-counts.ts";
import { HandedBackError } from "../effects/handed-back.ts";
import type { Log, Mail } from "../sdk/context.ts";
import { kindOf, messageOf } from "../sdk/errors.ts";
import { MAILS_RELEASED, type PauseStore } from "./pause-store.ts";

const GUEST_MAILS = "guest-mails";
const HOUR_MS = 60 * 60_000;
const USUAL_HOURS = 14 * 24;
const TIMES_USUAL = 3;

export interface BrakeParts {
  db: Database;
  pauses: PauseStore;
  log: Log;
  /** Never brakes up to this number, however little is usual. */
  perHour: number;
}

/**
 * Stops a flood before guests drown in it: more than three times as many mails to guests in an hour
 * as in the busiest hour of the last 14 days. Counted for the whole installation; processes that
 * send at the same moment may go over it by the mails that are under way.
 */
export class GuestMailBrake {
  readonly #parts: BrakeParts;
  readonly #counts: HourlyCounts;
  /** The busiest hour's number, and the hour in which that was looked up. */
  #usual: { hour: number; mails: number } | undefined;

  constructor(parts: BrakeParts) {
    this.#parts = parts;
    this.#counts = new HourlyCounts(parts.db);
  }

  /** The mail of a handler with the brake on. Rehearsals and notes to the office go on. */
  guard(mail: Mail, handler: string): Mail {
    return {
      isRehearsal: mail.isRehearsal,
      office: mail.office,
      send: async (message, key) => {
        if (!mail.isRehearsal) await this.#checkOrWait(handler);
        const receipt = await mail.send(message, key);
        // What is only written to a file has not reached a guest.
        if (receipt.audience === "guest" && receipt.progress === "handed over") await this.#count();
        return receipt;
      },
      sendToOffice: (message, key, address) => mail.sendToOffice(message, key, address),
      find: (key) => mail.find(key),
    };
  }

  async #checkOrWait(handler: string): Promise<void> {
    try {
      await this.#check(handler);
    } catch (cause) {
      if (kindOf(cause) !== undefined) throw cause;
      throw new HandedBackError(`mails could not be counted: ${messageOf(cause)}`, { cause });
    }
  }

  /** @throws HandedBackError when a person has to say whether that many mails are right. */
  async #check(handler: string): Promise<void> {
    const hour = Math.floor((await this.#parts.db.now()) / HOUR_MS);
    const sent = (await this.#counts.byHour(GUEST_MAILS, hour)).get(hour) ?? 0;
    if (sent < this.#parts.perHour) return;
    const usual = await this.#usualMails(hour);
    if (sent < TIMES_USUAL * usual) return;
    if ((await this.#counts.byHour(MAILS_RELEASED, hour)).has(hour)) return;
    const reason =
      `${sent} mails to guests within this hour, the busiest of the last 14 days had ${usual}: ` +
      "look whether that is right, then resume";
    await this.#parts.pauses.pause(handler, "brake", reason);
    this.#parts.log.warn(
      { handler, sent, usual },
      "mails to guests braked: a person has to resume",
    );
    throw new HandedBackError(`waits for a person: ${reason}`);
  }

  async #usualMails(hour: number): Promise<number> {
    if (this.#usual?.hour !== hour) {
      const byHour = await this.#counts.byHour(GUEST_MAILS, hour - USUAL_HOURS);
      byHour.delete(hour);
      this.#usual = { hour, mails: Math.max(0, ...byHour.values()) };
    }
    return this.#usual.mails;
  }

  /** A mail is out whether or not it could be counted. */
  async #count(): Promise<void> {
    try {
      await this.#counts.add(new Map([[GUEST_MAILS, 1]]));
    } catch (error) {
      this.#parts.log.warn({ error }, "a mail to a guest was not counted");
    }
  }
}
