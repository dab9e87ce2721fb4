import { z } from "zod";

import { kindOf, RetryableError } from "#sdk";
import type { Fields, Remote } from "#sdk/crm";

import { itemError } from "./answer.ts";
import type { HubSpotClient } from "./client.ts";
import { type Asker, type Ended, MOST_AT_ONCE } from "./collector.ts";

export type RecordType = "contacts" | "companies" | "deals" | "notes";

const HubSpotRecord = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.string().nullish()),
  url: z.string().optional(),
});
export type HubSpotRecord = z.output<typeof HubSpotRecord>;

const Batch = z.object({
  results: z.array(HubSpotRecord),
  errors: z.array(z.unknown()).optional(),
});

/** Value of a unique property. */
export interface Key {
  id: string;
}

export interface Upsert extends Key {
  idProperty: string;
  properties: Fields;
}

/**
 * Records of one type. They are looked up by id or by a unique property, which both tell at once what
 * was written last; HubSpot's search lags behind, so nothing is decided by it
 * (https://developers.hubspot.com/docs/api/crm/search).
 */
export class Records {
  readonly #client: HubSpotClient;
  readonly #type: RecordType;
  readonly #properties: readonly string[];

  /** @param properties Those that answers are to tell. */
  constructor(client: HubSpotClient, type: RecordType, properties: readonly string[]) {
    this.#client = client;
    this.#type = type;
    this.#properties = properties;
  }

  /** A record that was merged into another answers with that other one, under its id. */
  async byId(id: string): Promise<HubSpotRecord | undefined> {
    const query = { properties: this.#properties };
    const answer = await this.#client.send({ method: "GET", path: this.#path(`/${id}`), query });
    return answer === undefined ? undefined : read(HubSpotRecord, answer);
  }

  /** @param idProperty One whose values are unique: `email`, or one of ours. */
  async byKey(idProperty: string, value: string): Promise<HubSpotRecord | undefined> {
    const { lookUps } = this.#client.account;
    return lookUps.of(this.#type, idProperty, ...this.#properties).ask(
      { id: value },
      this.#asker(plain(idProperty, value), (inputs) => this.#readKeys(idProperty, inputs)),
    );
  }

  async byIds(ids: readonly string[]): Promise<HubSpotRecord[]> {
    const found: HubSpotRecord[] = [];
    for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
      const inputs = ids.slice(from, from + MOST_AT_ONCE).map((id) => ({ id }));
      found.push(...(await this.#readAll({ inputs })));
    }
    return found;
  }

  async #readKeys(
    idProperty: string,
    inputs: readonly Key[],
  ): Promise<Ended<HubSpotRecord | undefined>[]> {
    const results = await this.#readAll({ idProperty, inputs });
    const [only] = results;
    if (inputs.length === 1) return [{ value: only }];
    const byKey = keyed(results, idProperty);
    // Found by an address that is not its first, a record does not say whose answer it is.
    const isClear =
      byKey.size === results.length &&
      inputs.filter(({ id }) => byKey.has(plain(idProperty, id))).length === byKey.size;
    return Promise.all(
      inputs.map(async (input): Promise<Ended<HubSpotRecord | undefined>> => {
        const found = byKey.get(plain(idProperty, input.id));
        if (found || isClear) return { value: found };
        const [one] = await this.#readKeys(idProperty, [input]);
        return one ?? { value: undefined };
      }),
    );
  }

  // In the body and not in the path: addresses do not belong into anybody's log of paths.
  async #readAll(what: object): Promise<HubSpotRecord[]> {
    const body = { propertiesWithHistory: [], properties: this.#properties, ...what };
    const path = this.#path("/batch/read");
    const answer = await this.#client.send({ method: "POST", path, body, isRead: true });
    // What is not there is among the errors of a 207, or the whole answer says 404.
    return answer === undefined ? [] : read(Batch, answer).results;
  }

  /** Makes the record that has this key, or changes it: two tries make one. */
  async upsert(idProperty: string, id: string, properties: Fields): Promise<HubSpotRecord> {
    const { upserts } = this.#client.account;
    return upserts.of(this.#type, idProperty).ask(
      { idProperty, id, properties },
      this.#asker(plain(idProperty, id), (inputs) => this.#upsertAll(inputs)),
    );
  }

  #asker<In, Out>(key: string, send: Asker<In, Out>["send"]): Asker<In, Out> {
    return { key, signal: this.#client.signal, send };
  }

  /** What is wrong with one holds up no other: those that did not get through are asked singly. */
  async #upsertAll(inputs: readonly Upsert[]): Promise<Ended<HubSpotRecord>[]> {
    const [first] = inputs;
    if (first && inputs.length === 1) return [await this.#upsertOne(first)];
    const done = await this.#upsertSome(inputs);
    const ends: Ended<HubSpotRecord>[] = [];
    for (const input of inputs) {
      const record = done.get(plain(input.idProperty, input.id));
      ends.push(record ? { value: record } : await this.#upsertOne(input));
    }
    return ends;
  }

  /** @returns those that got through, by key. */
  async #upsertSome(inputs: readonly Upsert[]): Promise<Map<string, HubSpotRecord>> {
    try {
      const { results } = read(Batch, await this.#sendUpsert(inputs));
      return keyed(results, inputs[0]?.idProperty ?? "");
    } catch (error) {
      // One of them, and nobody can say which.
      if (kindOf(error) === "permanent") return new Map();
      throw error;
    }
  }

  async #upsertOne(input: Upsert): Promise<Ended<HubSpotRecord>> {
    try {
      const { results, errors = [] } = read(Batch, await this.#sendUpsert([input]));
      if (errors.length > 0) {
        throw itemError(errors[0], `POST ${this.#path("/batch/upsert")}`);
      }
      return { value: read(HubSpotRecord, results[0]) };
    } catch (error) {
      return { error };
    }
  }

  #sendUpsert(inputs: readonly Upsert[]): Promise<unknown> {
    const path = this.#path("/batch/upsert");
    return this.#client.send({ method: "POST", path, body: { inputs } });
  }

  /** @returns undefined when it is not there. */
  async change(id: string, properties: Fields): Promise<HubSpotRecord | undefined> {
    const path = this.#path(`/${id}`);
    const answer = await this.#client.send({ method: "PATCH", path, body: { properties } });
    return answer === undefined ? undefined : read(HubSpotRecord, answer);
  }

  /** Those in which one of the properties carries a text; what was written just now may be missing. */
  async search(text: string, properties: readonly string[]): Promise<HubSpotRecord[]> {
    const filterGroups = properties.map((propertyName) => ({
      filters: [{ propertyName, operator: "CONTAINS_TOKEN", value: `*${text}*` }],
    }));
    const body = { filterGroups, properties: this.#properties, limit: MOST_AT_ONCE };
    const path = this.#path("/search");
    const answer = await this.#client.send({ method: "POST", path, body, isRead: true });
    return read(Batch, answer).results;
  }

  #path(rest: string): string {
    return `v3/objects/${this.#type}${rest}`;
  }
}

function keyed(records: readonly HubSpotRecord[], property: string): Map<string, HubSpotRecord> {
  return new Map(
    records.map((record) => [plain(property, record.properties[property] ?? ""), record]),
  );
}

/** As two values are the same to HubSpot: addresses in any case, which it writes in lower case. */
function plain(property: string, value: string): string {
  return property === "email" ? value.toLowerCase() : value;
}

export function remoteOf({ id, url }: HubSpotRecord): Remote {
  return { externalId: id, ...(url !== undefined && { link: url }) };
}

/** What a record holds of some properties, as text: HubSpot has null for nothing. */
export function textsOf({ properties }: HubSpotRecord): Record<string, string> {
  const entries = Object.entries(properties);
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? ""]));
}

/** @throws RetryableError when the answer is none that HubSpot's documentation knows. */
export function read<T>(shape: z.ZodType<T>, answer: unknown): T {
  const result = shape.safeParse(answer);
  if (result.success) return result.data;
  throw new RetryableError("HubSpot gave an answer that cannot be read", { mayHaveHappened: true });
}
