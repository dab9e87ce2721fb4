import type { BookingEvent } from "../../booking-event.ts";
import type { Booking } from "../../booking.ts";
import { carries, type CrmContext, type CrmView } from "../../crm/target.ts";
import type { CrmDesk } from "./desk.ts";
import { type CrmStep, crmStoryBooking, marked, type OfficeStep, type SeeStep } from "./story.ts";

/** What people do at the target by themselves, by other means than the target's. */
export interface CrmOffice<Config> {
  /** Puts another number into a contact. */
  edit(externalId: string, phone: string, context: CrmContext<Config>): Promise<void>;
  remove(externalId: string, context: CrmContext<Config>): Promise<void>;
  /** One contact becomes a part of another, as the target does it: the second one is left. */
  merge?(externalId: string, into: string, context: CrmContext<Config>): Promise<void>;
  /** The guest leaves the list. */
  leave?(externalId: string, context: CrmContext<Config>): Promise<void>;
}

interface TellerParts<Config> {
  desk: CrmDesk<Config>;
  office: CrmOffice<Config>;
  context: CrmContext<Config>;
  read: () => Promise<CrmView>;
  mark: string;
}

/** Lets the steps of a story happen. A step that broke off may be taken again. */
export class CrmTeller<Config> {
  readonly #parts: TellerParts<Config>;
  readonly #told: BookingEvent[] = [];
  readonly #late: BookingEvent[] = [];
  readonly #bookings = new Map<number, Booking>();

  constructor(parts: TellerParts<Config>) {
    this.#parts = parts;
  }

  /** @returns what there is still to do; it may be done again when it breaks off. */
  begin(step: CrmStep): () => Promise<void> {
    if ("see" in step) return this.#see(step);
    if ("office" in step) return () => this.#act(step);
    if ("again" in step) {
      const events = step.again === "backwards" ? this.#told.toReversed() : [...this.#told];
      return () => this.#handle(events);
    }
    if ("late" in step) return () => this.#handle(this.#late);
    return this.#erase(step.erase);
  }

  #see({ booking: number = 1, see, origin, isLate }: SeeStep): () => Promise<void> {
    const version = (this.#bookings.get(number)?.version ?? 0) + 1;
    const booking = marked(crmStoryBooking(number, version, see), this.#parts.mark);
    this.#bookings.set(number, booking);
    const event = this.#parts.desk.note(booking, origin);
    this.#told.push(event);
    if (isLate) this.#late.push(event);
    return isLate ? () => Promise.resolve() : () => this.#handle([event]);
  }

  #erase(number: number): () => Promise<void> {
    const { desk } = this.#parts;
    const booking = this.#bookings.get(number);
    if (!booking) throw new Error(`there is no booking ${number}`);
    const person = desk.personOf(booking);
    return async () => {
      await desk.erase(await person);
      // What is stored of the guest goes in the same command.
      const { id } = booking.customer ?? {};
      desk.note({ ...booking, customer: id === undefined ? {} : { id } });
    };
  }

  async #handle(events: readonly BookingEvent[]): Promise<void> {
    for (const event of events) await this.#parts.desk.handle(event);
  }

  async #act(step: OfficeStep): Promise<void> {
    const { office, context } = this.#parts;
    const id = await this.#idOf(step.contact);
    switch (step.office) {
      case "edit":
        return office.edit(id, step.phone, context);
      case "remove":
        return office.remove(id, context);
      case "merge":
        if (!office.merge) throw new Error("nothing can be merged there: say so in `cannot`");
        return office.merge(id, await this.#idOf(step.into), context);
      case "leave":
        if (!office.leave) throw new Error("nobody can leave there: say so in `cannot`");
        return office.leave(id, context);
    }
  }

  async #idOf(text: string): Promise<string> {
    const { contacts } = await this.#parts.read();
    const found = contacts.find(({ name, email }) => carries(text, name, email));
    if (!found) throw new Error(`the target holds no ${text}`);
    return found.externalId;
  }
}
