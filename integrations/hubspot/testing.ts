import { type CheckContext, kindOf, messageOf, type SimulatedAnswer } from "#sdk";
import type { Contact, CrmContext, Deal, Known } from "#sdk/crm";
import { checkContext, memoryLog, nothingElse } from "#sdk/testing";

import { HubSpotConfig } from "./config.ts";
import { contacts } from "./contacts.ts";
import { deals } from "./deals.ts";
import { FakeHubSpot, TOKEN } from "./testing/fake-hubspot.ts";

/** Shared by the tests of this folder. */

export const ANNA: Contact = {
  ...{ person: "p-anna", name: "Anna Berg", firstName: "Anna", lastName: "Berg" },
  ...{ email: "anna@example.com", isEmailShared: false, phone: "+4790000000" },
  ...{ language: "nb", country: "NO", bookings: 1, tags: ["guest"] },
  spent: [{ amountMinor: 18_000, currency: "EUR" }],
  ...{ firstBookedOn: "2026-03-01", lastBookedOn: "2026-03-01", nextStayOn: "2026-03-14" },
  ...{ consent: "unknown", maySubscribe: false },
};

export const DEAL: Deal = {
  ...{ key: "fjord/1201", reference: "1201", title: "Fjord walk, 2026-03-14, booking 1201" },
  ...{ status: "confirmed", outcome: "won", startsOn: "2026-03-14" },
  products: [{ name: "Fjord walk", quantity: 2 }],
};

/** The fake's clock stands still, and it counts calls itself. */
export const UNPACED = 1_000_000;

/** An operator's Bellhop beside a HubSpot of its own. */
export class Desk {
  readonly fake = new FakeHubSpot();
  readonly log = memoryLog();
  readonly context: CheckContext<HubSpotConfig> & CrmContext<HubSpotConfig>;

  constructor(settings: object = {}) {
    const config = HubSpotConfig.parse({ token: TOKEN, callsInTenSeconds: UNPACED, ...settings });
    const { fake, log } = this;
    this.context = {
      ...nothingElse,
      ...checkContext(config),
      ...{ log, http: fake.http, clock: { now: () => fake.nowMs } },
      ...{ connection: { id: "fjord", name: "Fjord Walks", language: "en" } },
    };
  }

  /** @param known Absent: it is made. */
  putContact(contact: Contact, known?: Known, context: Desk["context"] = this.by()) {
    const fields = contacts.fields(contact, context.config) ?? {};
    return contacts.put({ thing: contact, fields, ...(known && { known }) }, context);
  }

  /** The context of a job of its own. */
  by(signal: AbortSignal = new AbortController().signal): Desk["context"] {
    return { ...this.context, signal };
  }

  putDeal(deal: Deal, known?: Known) {
    const fields = deals.fields(deal, this.context.config) ?? {};
    return deals.put({ thing: deal, fields, ...(known && { known }) }, this.context);
  }

  /** `POST v3/objects/contacts/batch/upsert`, in order. */
  calls(): string[] {
    return this.fake.exchanges.map(({ request: { method, url } }) => {
      const [path = ""] = url.replace("/crm/", "").split("?");
      return `${method} ${path}`;
    });
  }

  /** What a batch was asked for. */
  inputs(call: number): { id: string }[] {
    const body = this.fake.exchanges[call]?.request.body.toString() ?? "{}";
    return (JSON.parse(body) as { inputs?: { id: string }[] }).inputs ?? [];
  }

  /** What a contact holds now. */
  held(id: string): Record<string, string> {
    return this.fake.records.all.get(id)?.properties ?? {};
  }
}

/** As the kit knows what Bellhop wrote and nobody changed. */
export function known(externalId: string, edited: readonly string[] = []): Known {
  return { externalId, isEdited: (field) => edited.includes(field) };
}

export async function idOf(put: ReturnType<Desk["putContact"]>): Promise<string> {
  const remote = await put;
  if (remote === "gone" || "refused" in remote) throw new Error("nothing was written");
  return remote.externalId;
}

export async function failureOf(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  const { mayHaveHappened, retryAfterMs } = Object(error) as Record<string, unknown>;
  return { kind: kindOf(error), message: messageOf(error), mayHaveHappened, retryAfterMs };
}

/** One that comes instead of the fake's own. */
export function answer(
  status: number,
  body: object = {},
  headers: Record<string, string> = {},
): SimulatedAnswer {
  return { status, headers, body: JSON.stringify(body) };
}
