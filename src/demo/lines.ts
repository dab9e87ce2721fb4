import { styleText } from "node:util";

import type { AnyEvent } from "../sdk/booking-event.ts";
import { formatAmount } from "../sdk/money.ts";
import type { Happening, Hitch } from "./happenings.ts";
import type { MailBox } from "./mail-box.ts";
import type { Posting } from "./postings.ts";

/** How lines are written. */
export interface LineStyle {
  isColoured: boolean;
  /** Room for the name of a connection. */
  nameWidth: number;
}

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** `13:20:05  fjord  booking 1201 confirmed → voucher 1 mailed to siobhan@example.com` */
export function happeningLine(happening: Happening, box: MailBox, style: LineStyle): string {
  const { event } = happening;
  const paint = painter(style);
  const [colour, result] = resultOf(happening, box);
  const arrow = result === undefined ? "" : ` → ${paint(colour, result)}`;
  return `${start(event.connection, style)}${factOf(event)}${arrow}`;
}

export function hitchLine({ connection, subject, state, reason }: Hitch, style: LineStyle): string {
  const paint = painter(style);
  const about = subjectWords(subject);
  const text =
    state === "duplicate"
      ? paint("dim", `${about}: said before → nothing to do`)
      : paint("yellow", `${about}: ${state}: ${reason}`);
  return `${start(connection, style)}${text}`;
}

/** `13:20:05  fjord  books of booking 1201 → invoice 1 over EUR 120.00` */
export function postingLine(
  { connection, subject, state, reason }: Posting,
  style: LineStyle,
): string {
  const paint = painter(style);
  const documents = reason.replaceAll(/\b(\w[\w ]*):(\d+) over/g, "$1 $2 over");
  const result =
    state === "done" ? paint("cyan", documents) : paint("yellow", `${state}: ${reason}`);
  return `${start(connection, style)}books of ${subjectWords(subject)} → ${result}`;
}

function start(connection: string, style: LineStyle): string {
  const time = new Date().toTimeString().slice(0, 8);
  return `${painter(style)("dim", `${time}  ${connection.padEnd(style.nameWidth)}`)}  `;
}

function painter({ isColoured }: LineStyle): Paint {
  return (format, text) => (isColoured ? styleText(format, text) : text);
}

/** What has happened, in a few words. */
function factOf(event: AnyEvent): string {
  const [kind = "", what = ""] = event.type.split(".");
  const words = what.replaceAll("_", " ");
  switch (kind) {
    case "booking":
      if (event.type !== "booking.timer") return `${subjectWords(event.subject)} ${words}`;
      return event.origin === "scheduled"
        ? `${subjectWords(event.subject)}: ${event.summary}`
        : `${subjectWords(event.subject)}: timer ${timerWords(event)}`;
    case "payment":
      return `${subjectWords(event.subject)}: payment ${words}${amountWords(event)}`;
    case "button":
    case "source":
      return `${subjectWords(event.subject)}: ${kind} ${words}`;
    case "clock":
      return `${words} tick of the booking system's clock`;
    default:
      return otherFact(event.subject, kind, words);
  }
}

/** `customer 50003 updated`, `vacation 660010: availability changed` */
function otherFact(subject: string, kind: string, words: string): string {
  if (!subject.startsWith(`${kind}:`)) return `${subjectWords(subject)}: ${kind} ${words}`;
  return `${subjectWords(subject)}${words.includes(" ") ? ":" : ""} ${words}`;
}

function timerWords({ timer }: AnyEvent): string {
  if (!timer) return "rang";
  const { offsetMinutes, relativeTo } = timer;
  const when = offsetMinutes < 0 ? "before" : "after";
  return `${Math.abs(offsetMinutes)} min ${when} ${relativeTo}`;
}

function amountWords({ payment }: AnyEvent): string {
  const amount = payment?.amount;
  return amount ? ` (${formatAmount(amount)} ${amount.currency})` : "";
}

/** `booking 1201`, `coupon GIFT-0003` */
function subjectWords(subject: string): string {
  if (subject === "") return "a message";
  const [kind = "", ...rest] = subject.split(":");
  if (rest.length === 0) return subject === "clock" ? subject : `booking ${subject}`;
  const id = rest.join(":");
  return `${kind} ${id.length > 24 ? `${id.slice(0, 23)}…` : id}`;
}

type Colour = "green" | "yellow" | "dim";

function resultOf({ job, messageIds }: Happening, box: MailBox): [Colour, string | undefined] {
  if (!job) return ["dim", undefined];
  const { state, reason } = job;
  switch (state) {
    case "done": {
      const readers = messageIds.flatMap((id) => box.byMessageId(id)?.to ?? []);
      const told = reason.charAt(0).toLowerCase() + reason.slice(1);
      if (readers.length === 0) return ["green", told];
      return [
        "green",
        `${told.replace(/ to the (guest|agent|office)$/, "")} to ${readers.join(", ")}`,
      ];
    }
    case "skipped":
    case "superseded":
      return ["dim", `no mail: ${reason || state}`];
    default:
      return ["yellow", `${state}: ${reason}`];
  }
}
