import { type CheckContext, kindOf, messageOf } from "#sdk";
import type { Contact, CrmContext, Known } from "#sdk/crm";
import { checkContext, memoryLog, nothingElse } from "#sdk/testing";

import { MailchimpConfig } from "./config.ts";
import { contacts } from "./contacts.ts";
import { API_KEY, FakeMailchimp, LIST } from "./testing/fake-mailchimp.ts";

/** Shared by the tests of this folder. */

export const ANNA: Contact = {
  ...{ person: "p-anna", name: "Anna Berg", firstName: "Anna", lastName: "Berg" },
  ...{ email: "anna@example.com", isEmailShared: false, phone: "+4790000000" },
  ...{ bookings: 1, spent: [], tags: [], consent: "unknown", maySubscribe: false },
};

/** Anna has agreed to be written to. */
export const AGREED: Contact = { ...ANNA, consent: "yes", maySubscribe: true };

/** An operator's Bellhop beside a Mailchimp of its own. */
export class Desk {
  readonly fake = new FakeMailchimp();
  readonly log = memoryLog();
  readonly context: CheckContext<MailchimpConfig> & CrmContext<MailchimpConfig>;

  constructor(settings: object = {}) {
    const config = MailchimpConfig.parse({ apiKey: API_KEY, listId: LIST, ...settings });
    this.context = {
      ...nothingElse,
      ...checkContext(config),
      ...{ log: this.log, http: this.fake.http },
      connection: { id: "fjord", name: "Fjord Walks", language: "en" },
    };
  }

  /** @param known Absent: it is made. */
  put(contact: Contact, known?: Known) {
    const fields = contacts.fields(contact, this.context.config) ?? {};
    return contacts.put({ thing: contact, fields, ...(known && { known }) }, this.context);
  }

  /** As when the kit looks first. */
  async putFound(contact: Contact) {
    const found = await contacts.find(contact, this.context);
    return this.put(contact, found && known(found.externalId));
  }

  /** What was said of a status, in the order of the calls. */
  statusesSent(): unknown[] {
    return this.fake.exchanges.flatMap(({ request: { body } }) => {
      const { status } = (body.length > 0 ? JSON.parse(body.toString()) : {}) as Body;
      return status === undefined ? [] : [status];
    });
  }
}

interface Body {
  status?: unknown;
}

/** As the kit knows what Bellhop wrote and nobody changed. */
export function known(externalId: string): Known {
  return { externalId, isEdited: () => false };
}

export async function failureOf(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  const { mayHaveHappened } = Object(error) as Record<string, unknown>;
  return { kind: kindOf(error), message: messageOf(error), mayHaveHappened };
}
