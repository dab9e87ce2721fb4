import { OWN_PROPERTIES } from "../properties.ts";

export type FakeType = "contacts" | "companies" | "deals" | "notes";

export interface FakeRecord {
  id: string;
  type: FakeType;
  properties: Record<string, string>;
  /** Contacts: addresses of others that were merged into it. */
  furtherEmails: string[];
  /** As the search knows it, which lags behind. */
  searchable?: Record<string, string>;
}

/** What HubSpot refuses: the status, and the category that its body names. */
export class FakeRefusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, category: string, message: string, more: object = {}) {
    super(message);
    this.status = status;
    this.body = { status: "error", category, message, correlationId: "c-1", ...more };
  }
}

/** Properties that HubSpot has by itself, as far as they are used here. */
const BUILT_IN: Readonly<Record<FakeType, readonly string[]>> = {
  contacts: [
    ...["email", "firstname", "lastname", "phone", "country", "company"],
    ...["address", "city", "zip", "state", "hs_additional_emails", "hs_merged_object_ids"],
  ],
  companies: ["name", "domain"],
  deals: ["dealname", "amount", "deal_currency_code", "dealstage", "pipeline"],
  notes: ["hs_timestamp", "hs_note_body"],
};

const CURRENCIES = ["", "EUR", "USD", "NOK"];

/** Records of all types, with HubSpot's rules, in the memory of a test. */
export class FakeRecords {
  readonly all = new Map<string, FakeRecord>();
  /** Ids of what was merged lead to what it is a part of. */
  readonly merged = new Map<string, string>();
  /** `deals/12 contacts/7` */
  readonly associations = new Set<string>();
  readonly properties: Record<FakeType, { name: string; hasUniqueValue: boolean }[]>;
  stages: readonly string[] = [];
  /** Of unique values besides addresses; HubSpot's documentation says neither. */
  mindsCase = true;
  #made = 100;

  constructor() {
    const own = (type: FakeType) => (type === "notes" ? [] : OWN_PROPERTIES[type]);
    const of = (type: FakeType) => [
      ...BUILT_IN[type].map((name) => ({ name, hasUniqueValue: name === "email" })),
      ...own(type).map(({ name, hasUniqueValue = false }) => ({ name, hasUniqueValue })),
    ];
    this.properties = {
      ...{ contacts: of("contacts"), companies: of("companies") },
      ...{ deals: of("deals"), notes: of("notes") },
    };
  }

  of(type: FakeType): FakeRecord[] {
    return [...this.all.values()].filter((one) => one.type === type);
  }

  byId(type: FakeType, id: string): FakeRecord | undefined {
    const winner = this.merged.get(id);
    if (winner !== undefined) return this.byId(type, winner);
    const record = this.all.get(id);
    return record?.type === type ? record : undefined;
  }

  byKey(type: FakeType, idProperty: string | undefined, value: string): FakeRecord | undefined {
    if (idProperty === undefined) return this.byId(type, value);
    const property = this.properties[type].find(({ name }) => name === idProperty);
    if (property?.hasUniqueValue !== true) {
      throw new FakeRefusal(400, "VALIDATION_ERROR", `${idProperty} is not a unique property`);
    }
    return this.#holderOf(type, idProperty, value);
  }

  make(type: FakeType, properties: Record<string, string>): FakeRecord {
    this.#check(type, properties, undefined);
    this.#made += 1;
    const id = String(this.#made);
    const record = { id, type, properties: {}, furtherEmails: [] };
    this.all.set(id, record);
    return this.#write(record, properties);
  }

  change(record: FakeRecord, properties: Record<string, string>): FakeRecord {
    this.#check(record.type, properties, record.id);
    return this.#write(record, properties);
  }

  upsert(
    type: FakeType,
    { idProperty, id, properties }: { idProperty?: string; id: string; properties: FakeTexts },
  ): { record: FakeRecord; isNew: boolean } {
    const there = this.byKey(type, idProperty, id);
    if (there) return { record: this.change(there, properties), isNew: false };
    const key = idProperty === undefined ? {} : { [idProperty]: id };
    return { record: this.make(type, { ...key, ...properties }), isNew: true };
  }

  remove(id: string): void {
    const record = this.all.get(id);
    this.all.delete(id);
    for (const pair of this.associations) {
      const ends = pair.split(" ");
      if (record && ends.includes(`${record.type}/${id}`)) this.associations.delete(pair);
    }
  }

  /** The second becomes a part of the first; its address stays in use there. */
  merge(primaryId: string, id: string): void {
    const [primary, other] = [this.all.get(primaryId), this.all.get(id)];
    if (!primary || !other) throw new FakeRefusal(404, "OBJECT_NOT_FOUND", "no such contact");
    this.merged.set(id, primaryId);
    const { email } = other.properties;
    if (email !== undefined && email !== "") primary.furtherEmails.push(email);
    const { hs_merged_object_ids: before } = primary.properties;
    primary.properties["hs_merged_object_ids"] = [before, id].filter(Boolean).join(";");
    for (const pair of [...this.associations]) {
      const moved = pair.replace(new RegExp(`\\bcontacts/${id}\\b`), `contacts/${primaryId}`);
      this.associations.delete(pair);
      this.associations.add(moved);
    }
    this.all.delete(id);
  }

  associate(from: string, to: string): void {
    this.associations.add(`${from} ${to}`);
  }

  dissociate(from: string, to: string): void {
    this.associations.delete(`${from} ${to}`);
    this.associations.delete(`${to} ${from}`);
  }

  /** Ids of the records of a type that this one is associated with, whichever way. */
  associated(from: string, type: FakeType): string[] {
    return [...this.associations].flatMap((pair) => {
      const [one = "", other = ""] = pair.split(" ");
      const far = one === from ? other : other === from ? one : "";
      return far.startsWith(`${type}/`) ? [far.slice(type.length + 1)] : [];
    });
  }

  /** The search has caught up. */
  index(): void {
    for (const record of this.all.values()) record.searchable = { ...record.properties };
  }

  search(type: FakeType, groups: readonly FakeGroup[]): FakeRecord[] {
    return this.of(type).filter(({ searchable }) =>
      groups.some(({ filters }) =>
        filters.every(({ propertyName, value }) => {
          const wanted = value.replaceAll("*", "").toLowerCase();
          return searchable?.[propertyName]?.toLowerCase().includes(wanted) ?? false;
        }),
      ),
    );
  }

  #holderOf(type: FakeType, name: string, value: string): FakeRecord | undefined {
    const folds = name === "email" || !this.mindsCase;
    const plain = (text = "") => (folds ? text.toLowerCase() : text);
    return this.of(type).find(
      ({ properties, furtherEmails }) =>
        plain(properties[name]) === plain(value) ||
        (name === "email" && furtherEmails.includes(plain(value))),
    );
  }

  #check(type: FakeType, properties: FakeTexts, id: string | undefined): void {
    for (const [name, value] of Object.entries(properties)) {
      const property = this.properties[type].find((one) => one.name === name);
      if (!property) throw invalid(name, "PROPERTY_DOESNT_EXIST", value);
      if (value === "" || !property.hasUniqueValue) continue;
      const holder = this.#holderOf(type, name, value);
      if (holder && holder.id !== id) {
        const message = `Contact already exists. Existing ID: ${holder.id}`;
        throw new FakeRefusal(409, "CONFLICT", message);
      }
    }
    this.#checkValues(properties);
  }

  #checkValues({ email, dealstage, deal_currency_code: currency, ...rest }: FakeTexts): void {
    if (email !== undefined && !/^([^\s@]+@[^\s@]+\.[^\s@]+)?$/.test(email)) {
      throw invalid("email", "INVALID_EMAIL", email);
    }
    if (dealstage !== undefined && !this.stages.includes(dealstage)) {
      throw invalid("dealstage", "INVALID_OPTION", dealstage);
    }
    if (currency !== undefined && !CURRENCIES.includes(currency)) {
      throw invalid("deal_currency_code", "INVALID_OPTION", currency);
    }
    for (const [name, value] of Object.entries(rest)) {
      if (isDay(name) && !/^(\d{4}-\d\d-\d\d)?$/.test(value)) {
        throw invalid(name, "INVALID_DATE", value);
      }
    }
  }

  #write(record: FakeRecord, properties: FakeTexts): FakeRecord {
    for (const [name, value] of Object.entries(properties)) {
      record.properties[name] = name === "email" ? value.toLowerCase() : value;
    }
    return record;
  }
}

type FakeTexts = Record<string, string>;

export interface FakeGroup {
  filters: { propertyName: string; value: string }[];
}

function isDay(name: string): boolean {
  const all = [...OWN_PROPERTIES.contacts, ...OWN_PROPERTIES.deals];
  return all.some((one) => one.name === name && one.type === "date");
}

/** Like HubSpot, it quotes the value, and tells what is wrong as JSON in the message. */
function invalid(name: string, error: string, value: string): FakeRefusal {
  const list = [{ isValid: false, message: `${value} is not valid`, error, name }];
  const message = `Property values were not valid: ${JSON.stringify(list)}`;
  return new FakeRefusal(400, "VALIDATION_ERROR", message);
}
