import type { HandlerContext } from "../context.ts";
import type { Company, Contact, Deal } from "./contact.ts";

/** What a target borrows. */
export type CrmContext<Config> = Pick<
  HandlerContext<Config>,
  "config" | "connection" | "log" | "http" | "clock" | "tokens" | "dataFolder" | "signal"
>;

/** By the target's own names, such as `FNAME`: what it would write, as text. */
export type Fields = Readonly<Record<string, string>>;

/** Something that is there. */
export interface Remote {
  /** The target's id of it. */
  externalId: string;
  /** Where a person can see it. */
  link?: string;
  /** Which state of it this is, where the target tells: an ETag. */
  version?: string;
}

/** The other side will not have it, whatever is tried: somebody who has asked to be forgotten. */
export interface Refused {
  /** In words for the office, without anybody's data. */
  refused: string;
}

/** Something that is to be changed. */
export interface Known extends Remote {
  /**
   * Whether somebody else has put this into a field: it is not what Bellhop wrote there, or Bellhop
   * has never written there and it is not empty.
   *
   * @param value As the target holds it; empty text: nothing.
   */
  isEdited(field: string, value: string): boolean;
}

/** One thing on its way to the target. */
export interface Put<Thing> {
  thing: Thing;
  /** What `fields` made of it. */
  fields: Fields;
  /** What is to be changed; absent: nothing is there, make it. */
  known?: Known;
}

/** A kind of thing that a target keeps. */
export interface CrmObject<Thing, Config> {
  /**
   * What the target would write, without asking anybody. A thing is put again when this differs from
   * what was put last. Undefined: the target cannot hold it, such as a list of addresses somebody
   * who has none.
   */
  fields(thing: Thing, config: Config): Fields | undefined;
  /**
   * Looks by natural keys: ours, then the e-mail address unless it is shared, never the name alone.
   * Asked before anything is made, so that what the office or an earlier try made is found.
   */
  find(thing: Thing, context: CrmContext<Config>): Promise<Remote | undefined>;
  /**
   * Makes or changes it.
   *
   * @returns `gone` when what is known is not there any more: deleted, or merged into another. What
   *   is refused is left so, as what the office has deleted.
   * @throws RetryableError, PermanentError or ConfigurationError, with `mayHaveHappened` when nobody
   *   knows whether it got through.
   */
  put(put: Put<Thing>, context: CrmContext<Config>): Promise<Remote | Refused | "gone">;
  /**
   * Whether something is on the server and in the database of the settings. What was written to
   * another one, before these settings, is never changed or erased: it is looked for here, and made
   * when it was not copied. Without this method all is.
   */
  isReachable?(known: Remote, context: CrmContext<Config>): boolean | Promise<boolean>;
}

export interface CrmContacts<Config> extends CrmObject<Contact, Config> {
  /** Erases all personal data; one that is not there any more is erased. */
  erase(known: Remote, context: CrmContext<Config>): Promise<void>;
  /**
   * Of a list: sends nothing more to somebody who says no and has been written, but cannot be held as
   * they are now, since the address is gone or another's. One that is not there any more is off it.
   */
  takeOff?(known: Remote, context: CrmContext<Config>): Promise<void>;
}

/** A line for the history of a contact. */
export interface Note {
  /** Unique in the installation, and the same at every try. */
  key: string;
  text: string;
  contactId: string;
  dealId?: string;
  /** An earlier try may have got through: look for it first. */
  mayExist: boolean;
}

/** A contact, as the target itself tells of it; what it cannot hold is absent. */
export interface ContactView {
  externalId: string;
  name?: string;
  email?: string;
  phone?: string;
  language?: string;
  country?: string;
  company?: string;
  bookings?: number;
  /** `180.00 EUR` */
  spent?: readonly string[];
  firstBookedOn?: string;
  lastBookedOn?: string;
  nextStayOn?: string;
  tags?: readonly string[];
  consent?: string;
  /** Gets what is sent to the list. */
  isSubscribed?: boolean;
}

export interface DealView {
  /** `Deal.key` */
  key: string;
  /** The settings' name of the stage. */
  stage?: string;
  /** `180.00 EUR` */
  amount?: string;
  startsOn?: string;
  /** Ids of contacts and companies. */
  contactId?: string;
  companyId?: string;
}

/** What a target holds, read from it and from nowhere else. */
export interface CrmView {
  contacts: ContactView[];
  deals: DealView[];
  companies: { externalId: string; name: string }[];
}

/**
 * A CRM, an address book, a mailing list: whatever keeps people. What is written of one person comes
 * one after the other; that of different people up to `atOnce` at the same time.
 */
export interface CrmTarget<Config> {
  /** Defaults to 2: things at the same time in the whole installation. */
  atOnce?: number;
  /** Things in any minute, where the other side has a limit. One may take several calls. */
  perMinute?: number;
  contacts: CrmContacts<Config>;
  /** Agents. */
  companies?: CrmObject<Company, Config>;
  deals?: CrmObject<Deal, Config>;
  /**
   * Writes into the history of a contact how a booking has gone on.
   *
   * @returns `gone` when the contact is not there any more: then there is nothing to write into.
   */
  note?(note: Note, context: CrmContext<Config>): Promise<Remote | "gone">;
  /**
   * Reads back what the target holds.
   *
   * @param mark Occurs in the name, the address or the key of what is asked for, upper or lower
   *   case; `carries` compares.
   */
  read(mark: string, context: CrmContext<Config>): Promise<CrmView>;
}

/** Whether one of these texts carries a mark. */
export function carries(mark: string, ...texts: readonly (string | undefined)[]): boolean {
  const wanted = mark.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(wanted));
}
