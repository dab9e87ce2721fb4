import type { Booking } from "./booking.ts";
import type { EventPayment, EventType } from "./booking-event.ts";
import type { TimeWindow } from "./lists.ts";
import type { OAuthTokens } from "./oauth.ts";
import type { People } from "./people.ts";

export interface Clock {
  /** UTC milliseconds. */
  now(): number;
}

/** Static message, data in fields. Secrets and guests' data do not belong here. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface HttpRequest {
  method?: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Defaults to 30 s. */
  timeoutMs?: number;
  /**
   * Never into a private network, whatever the name resolves to: for addresses that others may have
   * chosen.
   */
  onlyPublic?: boolean;
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** The body as UTF-8. */
  text(): string;
}

export interface HttpClient {
  /**
   * Any HTTP status is an answer, not an error. Redirects are not followed.
   *
   * @throws RetryableError when there was no answer; `mayHaveHappened` is set when the request may
   *   have reached the other side.
   * @throws ConfigurationError when `onlyPublic` forbids the address.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

export interface MailAttachment {
  filename: string;
  contentType: string;
  content: Buffer;
}

export interface MailMessage {
  to: string;
  subject: string;
  text: string;
  html?: string;
  attachments?: MailAttachment[];
  /** Goes to the same people as `to`, in copy, only when the mail really goes to guests. */
  cc?: string[];
  /** Where answers go; defaults to the connection's. */
  replyTo?: string;
}

export interface MailReceipt {
  /** The Message-ID, the same at every try of one effect. */
  externalId: string;
  /** `written` to the outbox folder, or `handed over` to the mail server. */
  progress: "written" | "handed over";
  /** File of the outbox when written. */
  link?: string;
  /** Who really got it: in rehearsal the office, not the guest. */
  audience: "guest" | "office";
}

export interface Mail {
  /** True while mails go to the office instead of guests. */
  readonly isRehearsal: boolean;
  /** Where notes for the office go, when it has said so. */
  readonly office: string | undefined;
  /**
   * Writes or sends one mail.
   *
   * @param key Idempotency key of the effect: the same key gives the same Message-ID and file.
   */
  send(message: MailMessage, key: string): Promise<MailReceipt>;
  /**
   * To the office in every mode.
   *
   * @param address Another address of the operator's own, from settings; never a guest's.
   * @throws ConfigurationError when there is neither this nor an address of the office.
   */
  sendToOffice(
    message: Omit<MailMessage, "to" | "cc">,
    key: string,
    address?: string,
  ): Promise<MailReceipt>;
  /** Whether a mail with this key has been written to the outbox; unknown once it is a mail server. */
  find(key: string): Promise<MailReceipt | undefined | "unknown">;
}

export interface Templates {
  /**
   * Renders the text of a template in the wanted language, or the nearest there is.
   *
   * @param name Folder under `templates/`, such as `voucher-mail/default`.
   * @param part File of that folder without language and ending, such as `mail`.
   */
  render(name: string, part: string, language: string, data: object): Promise<string>;
  /** The texts of a template as data: `texts.<language>.yaml` over those of English. */
  texts(name: string, language: string): Promise<Readonly<Record<string, string>>>;
}

export interface Pdf {
  /**
   * Renders the document description `document.yaml` of a template.
   *
   * @param name Folder under `templates/`.
   */
  render(name: string, language: string, data: object): Promise<Buffer>;
}

/** One thing done outside, as the ledger keeps it. */
export interface EffectResult {
  /** The other side's id: invoice number, Message-ID. */
  externalId?: string;
  /** Where a person can see it. */
  link?: string;
  /** How far it got: `written`, `handed over`. */
  progress?: string;
  /** One sentence for the office: "Voucher 2 sent to the guest". */
  summary?: string;
  /** What the handler wants to read back later. Small; no personal data. Absent: as when begun. */
  data?: Readonly<Record<string, string | number | boolean>>;
}

export interface EffectSteps {
  /** What would be done, after "would", for a dry run or in shadow: "mail voucher 2 to the guest". */
  plan?: string;
  /** What the handler reads back later of an effect that was only noted, in shadow. */
  data?: EffectResult["data"];
  /**
   * Kept from the moment it is begun, so that a later try can do what was begun, whatever has changed
   * since. The result's data take its place where there are any.
   */
  intent?: EffectResult["data"];
  /** Effects of an instance that are read together, such as a month of the books: `2026-11`. */
  period?: string;
  /**
   * Asks the other side whether an earlier try got through. Called only after a try of unknown
   * outcome. `undefined` means it is certainly not there.
   */
  find?(key: string): Promise<EffectResult | undefined | "unknown">;
  /** Does it. The key is unique to this effect and the same at every try: send it along. */
  perform(key: string): Promise<EffectResult>;
}

export interface LedgerEntry extends EffectResult {
  key: string;
  /**
   * `would`: noted in shadow, before Bellhop went live. Whatever did the work until then has most
   * likely done it; asked for again, it is performed.
   */
  state: "started" | "done" | "failed" | "would";
}

/** An effect of any handler of an instance, for any booking. */
export interface PeriodEntry extends LedgerEntry {
  handler: string;
  connection: string;
  subject: string;
  /** Rises with the order in which effects were begun. */
  position: number;
  /** When it last changed, UTC milliseconds. */
  at: number;
}

/** Does a thing outside once, however often the handler runs. */
export type Effect = (key: string, steps: EffectSteps) => Promise<EffectResult>;

export interface ConnectionDefaults {
  id: string;
  /** Name of the operator as guests know it. */
  name: string;
  /** Of guests whose language is not known. */
  language: string;
  country?: string;
}

/** What has happened to one booking in a time, newest last. */
export interface ActiveBooking {
  connection: string;
  reference: string;
  /** As it is now; absent when it has been erased. */
  booking?: Booking;
  /** Heard of for the first time in this time. */
  isNew: boolean;
  events: readonly { type: EventType; time: string; summary: string; payment?: EventPayment }[];
}

/** Something that needs, or needed, a person. */
export interface ActiveTrouble {
  connection: string;
  subject?: string;
  /** `needs you: ...`, in words for the office. */
  reason: string;
}

/** What has happened in a time. Adopted bookings and timers are no part of it. */
export interface Activity {
  bookings: readonly ActiveBooking[];
  /** Jobs that need a person, calls that could not be read. */
  troubles: readonly ActiveTrouble[];
  /** How many bookings and troubles were left off, to keep the answer short. */
  leftOff: number;
}

export interface HandlerContext<Config> {
  config: Config;
  connection: ConnectionDefaults;
  log: Log;
  effect: Effect;
  /** Whose turn it is, of all handlers and scopes. */
  lane: string;
  /** What this handler has done in this lane so far, oldest first. */
  ledger: readonly LedgerEntry[];
  /** What the whole instance has done in a period, oldest first, page by page. */
  entriesOf(period: string): AsyncIterable<PeriodEntry>;
  /** The newest state of the booking, which may be ahead of the event's. */
  current: Booking | undefined;
  /** Who is who, over all connections. */
  people: People;
  mail: Mail;
  pdf: Pdf;
  templates: Templates;
  http: HttpClient;
  clock: Clock;
  /**
   * A file that another integration makes of a booking.
   *
   * @param id Of the document: `voucher`.
   * @returns undefined where no instance makes one of this booking.
   */
  documentOf(booking: Booking, id: string): Promise<MailAttachment | undefined>;
  /** When the handler was first in use here, UTC milliseconds: what was before is history to it. */
  firstUsedAt(): Promise<number>;
  /** Of integrations that declare `oauth`. */
  tokens: OAuthTokens;
  /** Absolute path of the installation's data; files of a plug-in go into a folder of their own. */
  dataFolder: string;
  /** Aborted when the handler's time is up or its lease is lost. */
  signal: AbortSignal;
}

/** What work by the clock is given. */
export interface ScheduleContext<Config> extends HandlerContext<Config> {
  /** What has happened in a time. @param connections Absent: those of the instance's `when`. */
  activity(window: TimeWindow, connections?: readonly string[]): Promise<Activity>;
}
