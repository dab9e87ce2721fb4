import type { OwnedWork } from "../db/ownership.ts";
import { inTime } from "../process/in-time.ts";
import { Wake } from "../process/wake.ts";
import type { Log } from "../sdk/context.ts";
import type { Finding, Incident, Notice } from "./incident.ts";
import type { IncidentStore } from "./incident-store.ts";
import type { NoticeStore } from "./notice-store.ts";
import { readSigns, type SignParts } from "./read-signs.ts";
import type { Teller } from "./tellers.ts";
import type { Watch } from "./watch.ts";
import { type AlertRules, findingsOf } from "./watchers.ts";

const ROUND_MS = 30_000;
const LOOK_FOR_NOTICES_MS = 5_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30 * 60_000;
/** What is being told when we stop is waited for so long. */
const PATIENCE_MS = 3_000;

/** A start with much to do is no backlog yet: it must be seen twice in a row. */
const SEEN_TWICE: ReadonlySet<Finding["kind"]> = new Set(["backlog"]);
/** A held job is tried every minute, and is not held then: it must be gone twice in a row. */
const GONE_TWICE = 2;

export interface AlertParts {
  watch: Watch;
  signs: SignParts;
  rules: AlertRules;
  incidents: IncidentStore;
  notices: NoticeStore;
  tellers: readonly Teller[];
  log: Log;
  roundMs?: number;
}

/** Looks for what needs a person, and tells: once when it begins, once when it is over. */
export class AlertWork implements OwnedWork {
  readonly #parts: AlertParts;
  readonly #toTell: ReadonlyMap<Teller, Wake>;
  readonly #wake = new Wake();
  #stopping = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();
  #lastFound: ReadonlySet<string> = new Set();
  readonly #gone = new Map<string, number>();

  constructor(parts: AlertParts) {
    this.#parts = parts;
    this.#toTell = new Map(parts.tellers.map((teller) => [teller, new Wake()]));
  }

  begin(): void {
    this.#stopping = new AbortController();
    this.#lastFound = new Set();
    this.#gone.clear();
    const { signal } = this.#stopping;
    // Each for itself: a mail server that hangs keeps nobody from looking, nor the webhook waiting.
    this.#loops = Promise.all([
      this.#watch(signal),
      ...this.#parts.tellers.map((teller) => this.#tellAll(teller, signal)),
    ]);
  }

  async end(): Promise<void> {
    this.#stopping.abort(new Error("stopping"));
    this.#wake.call();
    this.#callTellers();
    await inTime(this.#loops, PATIENCE_MS);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.round();
      } catch (error) {
        this.#parts.log.error({ error }, "could not look for incidents");
      }
      await this.#wake.sleep(this.#parts.roundMs ?? ROUND_MS);
    }
  }

  /** Looks once. */
  async round(): Promise<void> {
    const { watch, signs, rules, incidents } = this.#parts;
    const state = await watch.next();
    if (!state) return;
    const open = await incidents.open();
    const found = findingsOf(await readSigns(signs, state), rules, open);
    for (const finding of found) await this.#openOrRenew(finding, open.get(finding.name));
    const names = new Set(found.map(({ name }) => name));
    for (const incident of open.values()) await this.#closeIfGone(incident, names);
    this.#lastFound = names;
  }

  async #openOrRenew(finding: Finding, known: Incident | undefined): Promise<void> {
    const { incidents, tellers, log } = this.#parts;
    const { name, kind, reason } = finding;
    if (known) {
      if (known.reason !== reason) await incidents.renew(known, reason);
      return;
    }
    if (SEEN_TWICE.has(kind) && !this.#lastFound.has(name)) return;
    const channels = tellers.map(({ channel }) => channel);
    if (!(await incidents.begin(finding, channels))) return;
    log.warn({ incident: name, kind }, "incident opened");
    this.#callTellers();
  }

  async #closeIfGone(incident: Incident, found: ReadonlySet<string>): Promise<void> {
    const { incidents, tellers, log } = this.#parts;
    const { name, kind } = incident;
    const times = found.has(name) ? 0 : (this.#gone.get(name) ?? 0) + 1;
    this.#gone.set(name, times);
    if (times < GONE_TWICE) return;
    this.#gone.delete(name);
    const channels = tellers.map(({ channel }) => channel);
    if (!(await incidents.close(incident, channels))) return;
    log.info({ incident: name, kind }, "incident closed");
    this.#callTellers();
  }

  #callTellers(): void {
    for (const wake of this.#toTell.values()) wake.call();
  }

  async #tellAll(teller: Teller, signal: AbortSignal): Promise<void> {
    const { channel } = teller;
    while (!signal.aborted) {
      try {
        await this.#tellDue(teller, signal);
      } catch (error) {
        this.#parts.log.error({ error, channel }, "could not look whom to tell of incidents");
      }
      await this.#toTell.get(teller)?.sleep(LOOK_FOR_NOTICES_MS);
    }
  }

  async #tellDue(teller: Teller, signal: AbortSignal): Promise<void> {
    for (const notice of await this.#parts.notices.due(teller.channel)) {
      if (signal.aborted) return;
      await this.#tell(teller, notice, signal);
    }
  }

  /** Told is noted after it was told: who dies in between tells it again under the same key. */
  async #tell(teller: Teller, notice: Notice, signal: AbortSignal): Promise<void> {
    const { notices, log } = this.#parts;
    if (!(await notices.claim(notice))) return;
    const { about, channel, tries, incident } = notice;
    const fields = { incident: incident.name, about, channel };
    try {
      await teller.tell(notice, signal);
    } catch (error) {
      const delayMs = Math.min(FIRST_RETRY_MS * 2 ** tries, LONGEST_RETRY_MS);
      log.warn({ ...fields, error, nextInMs: delayMs }, "could not tell of an incident");
      await notices.postpone(notice, delayMs);
      return;
    }
    await notices.told(notice);
    log.info(fields, "told of an incident");
  }
}
