export const INCIDENT_KINDS = [
  "dead",
  "held",
  "paused",
  "silent",
  "hourly",
  "rejected",
  "refused",
  "backlog",
  "spool",
] as const;

export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** Something that needs a person, as the watchers find it. */
export interface Finding {
  /** What it is about, the same as long as it lasts: `silent:bikes`. */
  name: string;
  kind: IncidentKind;
  /** In words for the office: what is so, and the likely cause. */
  reason: string;
}

/** An incident as the store keeps it. */
export interface Incident extends Finding {
  position: number;
  id: string;
  /** UTC milliseconds by the database's clock. */
  openedAt: number;
  closedAt: number | null;
}

export const ABOUT = ["opened", "closed"] as const;
export const CHANNELS = ["mail", "webhook"] as const;
export type Channel = (typeof CHANNELS)[number];

/** Somebody who is still to be told. */
export interface Notice {
  position: number;
  about: (typeof ABOUT)[number];
  channel: Channel;
  dueAt: number;
  /** How often it was tried so far. */
  tries: number;
  incident: Incident;
}

const SIMULATED = "simulated:";

/** Where a simulation is concerned the name says so: nobody outside this machine hears of it. */
export function nameOf(what: string, about: string, isSimulated: boolean): string {
  return `${isSimulated ? SIMULATED : ""}${what}:${about}`;
}

export function isSimulated({ name }: Pick<Finding, "name">): boolean {
  return name.startsWith(SIMULATED);
}

/** The handler or connection in the name. */
export function aboutOf({ name }: Pick<Finding, "name">): string {
  const rest = name.startsWith(SIMULATED) ? name.slice(SIMULATED.length) : name;
  return rest.slice(rest.indexOf(":") + 1);
}
