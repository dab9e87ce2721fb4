import { ActionLog, ACTION_OF } from "./action-log.ts";
import { copyOf, type Reservation } from "./reservation.ts";
import { dayNumber } from "./site-clock.ts";

interface Entry {
  live: Reservation;
  startDay: number;
  /** As it was when it was last told of; kept only while the system lags. */
  committed?: Reservation | undefined;
  /** As it was before its last change. */
  previous?: Reservation | undefined;
  /** UTC milliseconds. */
  changedAt: number;
  isRemoved?: boolean;
}

type Index = Map<number, Set<Entry>>;
export type Order = "start" | "made" | "paid";

const MOST_KEPT_ANSWERS = 4;

/**
 * What the simulated system knows of reservations. What the API shows may lag behind: then a
 * reservation is shown as it was before its last change until the time has passed. A deleted one is
 * shown for as long.
 */
export class ReservationStore {
  readonly actions: ActionLog;
  readonly #now: () => number;
  readonly #lagMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #ids: string[] = [];
  /** By day of the site's calendar, so that a list need not look at all. */
  readonly #byDay: Readonly<Record<Order, Index>> = {
    start: new Map(),
    made: new Map(),
    paid: new Map(),
  };
  /** Those whose last change is not shown yet. */
  readonly #unseen = new Set<Entry>();
  readonly #answers = new Map<string, readonly Reservation[]>();

  constructor(now: () => number, lagMs: number) {
    this.#now = now;
    this.#lagMs = lagMs;
    this.actions = new ActionLog(now, lagMs);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @param isOld Was there before anybody looked. */
  add(reservation: Reservation, isOld = false): void {
    const entry: Entry = {
      live: reservation,
      startDay: dayNumber(reservation.start),
      changedAt: isOld ? 0 : this.#now(),
    };
    this.#entries.set(reservation.id, entry);
    this.#ids.push(reservation.id);
    put(this.#byDay.start, entry.startDay, entry);
    put(this.#byDay.made, dayNumber(reservation.madeAt), entry);
    this.#indexPayments(entry);
    this.#answers.clear();
    // A new one is shown at once: there is nothing that it was before.
    if (!isOld && this.#lagMs > 0) entry.committed = copyOf(reservation);
  }

  /** Changes a reservation that no story is about. */
  change(reservation: Reservation, event: string | undefined, make: () => void): void {
    const entry = this.#entries.get(reservation.id);
    if (entry && this.#lagMs > 0) entry.committed ??= copyOf(reservation);
    make();
    this.commit(reservation, event, true);
  }

  /** Notes that a reservation has been changed. Events that change nothing are passed over. */
  commit(reservation: Reservation, event: string | undefined, isChange = false): void {
    const entry = this.#entries.get(reservation.id);
    const action = event === undefined ? undefined : ACTION_OF[event];
    if (!entry || (action === undefined && !isChange)) return;
    entry.changedAt = this.#now();
    this.#hideChange(entry, entry.committed);
    this.#reindex(entry);
    if (action !== undefined) this.actions.note(reservation, action);
  }

  /** Deletes it. */
  remove({ id }: Reservation): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.isRemoved = true;
    entry.changedAt = this.#now();
    if (this.#lagMs > 0) this.#hideChange(entry, entry.committed ?? entry.live);
    else this.#forget(entry);
  }

  /** As the API shows it. */
  shown(id: string): Reservation | undefined {
    this.#settle();
    const entry = this.#entries.get(id);
    return entry && shownOf(entry, this.#unseen);
  }

  /** Those in the window as the API shows them, by id. @param from Epoch seconds, like `to`. */
  within(order: Order, from: number, to: number): readonly Reservation[] {
    this.#settle();
    const key = `${order} ${from} ${to}`;
    const known = this.#answers.get(key);
    if (known) return known;
    const found = [...this.#find(order, from, to)].sort((a, b) => Number(a.id) - Number(b.id));
    if (this.#answers.size >= MOST_KEPT_ANSWERS) this.#answers.clear();
    this.#answers.set(key, found);
    return found;
  }

  /** One of them, as it is. */
  any(pick: (count: number) => number): Reservation | undefined {
    const id = this.#ids[pick(this.#ids.length)];
    const entry = id === undefined ? undefined : this.#entries.get(id);
    return entry?.isRemoved ? undefined : entry?.live;
  }

  /** All, as they are. */
  *live(): Generator<Reservation> {
    for (const { live, isRemoved } of this.#entries.values()) if (!isRemoved) yield live;
  }

  *#find(order: Order, from: number, to: number): Generator<Reservation> {
    const seen = new Set<Entry>();
    const isIn = (reservation: Reservation) => isWithin(order, reservation, from, to);
    for (let day = dayNumber(from); day <= dayNumber(to); day += 1) {
      for (const entry of this.#byDay[order].get(day) ?? []) {
        if (seen.has(entry) || this.#unseen.has(entry)) continue;
        if (order === "paid") seen.add(entry); // it may have been paid on several days
        if (isIn(entry.live)) yield entry.live;
      }
    }
    for (const { previous } of this.#unseen) if (previous && isIn(previous)) yield previous;
  }

  #hideChange(entry: Entry, before: Reservation | undefined): void {
    this.#answers.clear();
    if (this.#lagMs === 0) return;
    entry.previous = before;
    entry.committed = copyOf(entry.live);
    this.#unseen.add(entry);
  }

  /** Shows what has been hidden for long enough. */
  #settle(): void {
    const now = this.#now();
    for (const entry of this.#unseen) {
      if (now < entry.changedAt + this.#lagMs) continue;
      this.#unseen.delete(entry);
      this.#answers.clear();
      if (entry.isRemoved) this.#forget(entry);
    }
  }

  #forget(entry: Entry): void {
    this.#answers.clear();
    this.#entries.delete(entry.live.id);
    this.#byDay.start.get(entry.startDay)?.delete(entry);
    this.#byDay.made.get(dayNumber(entry.live.madeAt))?.delete(entry);
    for (const { at } of entry.live.payments) this.#byDay.paid.get(dayNumber(at))?.delete(entry);
  }

  #reindex(entry: Entry): void {
    const day = dayNumber(entry.live.start);
    if (day !== entry.startDay) {
      this.#byDay.start.get(entry.startDay)?.delete(entry);
      entry.startDay = day;
      put(this.#byDay.start, day, entry);
    }
    this.#indexPayments(entry);
  }

  #indexPayments(entry: Entry): void {
    for (const { at } of entry.live.payments) put(this.#byDay.paid, dayNumber(at), entry);
  }
}

function put(index: Index, day: number, entry: Entry): void {
  const there = index.get(day);
  if (there) there.add(entry);
  else index.set(day, new Set([entry]));
}

function shownOf(entry: Entry, unseen: ReadonlySet<Entry>): Reservation | undefined {
  if (unseen.has(entry)) return entry.previous;
  return entry.isRemoved ? undefined : entry.live;
}

function isWithin(order: Order, reservation: Reservation, from: number, to: number): boolean {
  if (order === "paid") return reservation.payments.some(({ at }) => at >= from && at <= to);
  const seconds = order === "start" ? reservation.start : reservation.madeAt;
  return seconds >= from && seconds <= to;
}
