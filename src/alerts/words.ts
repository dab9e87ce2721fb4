import { aboutOf, type Incident, type IncidentKind, isSimulated, type Notice } from "./incident.ts";

// What the office reads. It knows bookings and messages, not how Bellhop is built.

/** What may be behind a job that has stopped. Its own reason may name guests: it is not shown. */
export function causeOf(reason: string | null): string {
  const text = reason ?? "";
  if (/^gave up after/.test(text)) return "The other side did not answer for a long time.";
  if (/ended the process|loops without end/.test(text)) {
    return "It stopped the program several times.";
  }
  if (/may have (got through|been sent)/.test(text)) {
    return "It broke off in the middle and may have been done: look there first.";
  }
  return "The other side does not take it as it is.";
}

export function deadWords(handler: string, count: number, cause: string): string {
  return count === 1
    ? `1 thing that ${handler} should do needs you. ${cause}`
    : `${count} things that ${handler} should do need you. Likely, by the newest: ${cause}`;
}

export function heldWords(about: string, count: number): string {
  const what = count === 1 ? "1 thing waits" : `${count} things wait`;
  return `${what} for a setting of ${about}. A password or key is probably missing, wrong or expired.`;
}

export function heldMessageWords(connection: string, count: number): string {
  const what = count === 1 ? "1 message waits" : `${count} messages wait`;
  return `${what} for a setting of ${connection}. A key is probably missing, wrong or expired.`;
}

export function pausedWords(handler: string): string {
  return `${handler} is paused: it was about to write to far more guests than usual. Nothing of it goes out until a person has looked.`;
}

export function silentWords(
  connection: string,
  since: number,
  { missed, rejected }: { missed: number; rejected: number },
): string {
  return `No message from ${connection} since ${minuteOf(since)}. In the same hours of earlier weeks about ${missed} came. ${causeOfSilence(rejected)}`;
}

export function hourlyWords(connection: string, since: number, rejected: number): string {
  return `${connection} calls every hour, and has not since ${minuteOf(since)}. ${causeOfSilence(rejected)}`;
}

/** A connection that is silent while calls for it are turned away is not silent: its token is wrong. */
function causeOfSilence(rejected: number): string {
  if (rejected === 0) {
    return "Its notification address was probably changed or switched off, or cannot be reached from outside.";
  }
  const calls = rejected === 1 ? "1 call" : `${rejected} calls`;
  return `Meanwhile ${calls} for it came with a wrong token and had to be turned away: the notification address in the booking system has an old or wrong token. \`bellhop urls\` shows the right one.`;
}

export function rejectedWords(connection: string, calls: number): string {
  return `${calls} calls for ${connection} within two hours had a wrong token and were turned away: far more than usual. The notification address in the booking system probably has an old or wrong token. \`bellhop urls\` shows the right one.`;
}

export function rejectedUnknownWords(calls: number): string {
  return `${calls} calls within two hours were for names that no connection has, and were turned away: far more than usual. A notification address in a booking system probably has a name that was changed or mistyped, or somebody is trying addresses out. \`bellhop urls\` shows the right ones.`;
}

export function refusedWords(
  connection: string,
  since: number | undefined,
  reason = "no reason is known",
): string {
  const when = since === undefined ? "" : ` since ${minuteOf(since)}`;
  return `Bellhop gets no answer from the booking system of ${connection}${when}: ${reason.replace(/\.$/, "")}. Changes that need a look there wait.`;
}

export function backlogWords(about: string, waitedMs: number): string {
  const minutes = Math.floor(waitedMs / 60_000);
  return `What is to be done for ${about} has waited for ${minutes} minutes and more. The other side probably answers slowly or not at all, or more comes in than can be done.`;
}

export function spoolWords(rows: number): string {
  const messages = rows === 1 ? "1 message is" : `${rows} messages are`;
  return `${messages} kept beside the database. It is probably away or full. Nothing is lost as long as there is room.`;
}

/** UTC, and says so: the office may sit elsewhere than the server. */
function minuteOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const TITLES: Readonly<Record<IncidentKind, string>> = {
  dead: "Needs you",
  held: "Waits for a setting",
  paused: "Paused, waits for you",
  silent: "Silent",
  hourly: "Silent",
  rejected: "Calls turned away",
  refused: "Refused by the booking system",
  backlog: "Far behind",
  spool: "Database away",
};

const WHAT_TO_DO: Readonly<Record<IncidentKind, string>> = {
  dead: "See what is wrong with each, put it right there, then do it again or leave it out. Later changes of the same booking wait until then; other bookings go on.",
  held: "Correct the setting and restart Bellhop. It tries again by itself; nothing has to be done again by hand.",
  paused: "Look whether these mails should go out. If so let it go on, else leave them out.",
  silent:
    "Look in the settings of the booking system whether its notifications are on and go to the address that Bellhop has for it. If it is simply quiet, nothing has to be done.",
  hourly:
    "Look in the settings of the booking system whether its notifications are on and go to the address that Bellhop has for it.",
  rejected:
    "Compare the notification address in the settings of the booking system with the one that `bellhop urls` shows, and put the right one there. What was turned away is not lost where the booking system repeats it or Bellhop compares lists.",
  refused:
    "See whether the booking system works, and whether the account and key that Bellhop has for it are right, not expired and allowed from this server's address. Bellhop goes on by itself as soon as it gets answers.",
  backlog: "See whether the other side works. Bellhop goes on by itself as soon as it can.",
  spool: "Start the database or make room for it. Bellhop hands over by itself what was kept.",
};

/** A mail to the office. */
export function mailOf({ about, incident }: Pick<Notice, "about" | "incident">) {
  const { kind, reason, openedAt, closedAt } = incident;
  const title = titleOf(incident);
  if (about === "opened") {
    const text = `${reason}\n\nWhat to do: ${WHAT_TO_DO[kind]}\n\n${footOf(incident)}`;
    return { subject: title, text: `${text}Noticed at ${minuteOf(openedAt)}.\n` };
  }
  const span = `noticed at ${minuteOf(openedAt)}, over at ${minuteOf(closedAt ?? openedAt)}`;
  const text = `This is over:\n\n${reason}\n\n${footOf(incident)}It was ${span}.\n`;
  return { subject: `Over: ${title}`, text };
}

function titleOf(incident: Incident): string {
  return `${TITLES[incident.kind]}: ${aboutOf(incident)}`;
}

function footOf(incident: Incident): string {
  return isSimulated(incident) ? "This is about a simulated connection. " : "";
}
