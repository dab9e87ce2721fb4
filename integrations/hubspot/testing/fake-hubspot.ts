import { type HttpClient, RetryableError, type SimulatedAnswer, type SimulatedRequest } from "#sdk";

import {
  type FakeGroup,
  type FakeRecord,
  FakeRecords,
  FakeRefusal,
  type FakeType,
} from "./fake-records.ts";

export const TOKEN = "pat-eu1-test";

export interface Exchange {
  request: SimulatedRequest;
  status: number;
}

/** What befalls a call: nothing got there, or no answer came back. */
export type Mishap = "before" | "after" | undefined;

const STAGES = [
  { id: "s1", label: "open", metadata: { probability: "0.2", isClosed: "false" } },
  { id: "s2", label: "won", metadata: { probability: "1.0", isClosed: "true" } },
  { id: "s3", label: "missed", metadata: { probability: "0.0", isClosed: "true" } },
  { id: "s4", label: "lost", metadata: { probability: "0.0", isClosed: "true" } },
];

/** HubSpot's own kinds of association, of a deal with a contact or its primary company. */
const DEAL_TO: Partial<Record<FakeType, number>> = { contacts: 3, companies: 5 };

interface Body {
  inputs?: { id: string; idProperty?: string; properties: Record<string, string> }[];
  idProperty?: string;
  properties?: Record<string, string>;
  filterGroups?: FakeGroup[];
  limit?: number;
  objectId?: string;
  associations?: { to: { id: string }; types: { associationTypeId: number }[] }[];
  name?: string;
  hasUniqueValue?: boolean;
}

/** HubSpot's CRM API, as far as it is used here, with its rules and in the memory of a test. */
export class FakeHubSpot {
  readonly records = new FakeRecords();
  readonly exchanges: Exchange[] = [];
  readonly pipelines = [{ id: "default", label: "Sales", stages: STAGES }];
  /** Scopes that the private app has not been given. */
  readonly missingScopes = new Set<string>();
  /** Answers that come instead, one for each of the next calls. */
  readonly instead: SimulatedAnswer[] = [];
  nowMs = Date.UTC(2026, 2, 2, 8);
  /** Unlike the real one, whose hundred would make the tests of stories wait. */
  perTenSeconds = 1_000_000;
  /** Whether a thing of a batch that is refused is told in a 207. */
  tellsInItems = false;
  mishap: (call: number) => Mishap = () => undefined;
  #calls: number[] = [];

  constructor() {
    this.records.stages = STAGES.map(({ id }) => id);
  }

  /** In place of the network. */
  readonly http: HttpClient = {
    send: ({ method = "GET", url, headers = {}, body }) => {
      const mishap = this.mishap(this.exchanges.length + 1);
      const lost = () =>
        Promise.reject(new RetryableError("no answer from HubSpot", { mayHaveHappened: true }));
      if (mishap === "before") return lost();
      const path = url.replace(/^https?:\/\/[^/]+/, "");
      const answer = this.answer({ method, url: path, headers, body: Buffer.from(body ?? "") });
      if (mishap === "after") return lost();
      const bytes = Buffer.from(answer.body);
      return Promise.resolve({
        ...{ status: answer.status, headers: answer.headers ?? {}, body: bytes },
        text: () => bytes.toString("utf8"),
      });
    },
  };

  answer(request: SimulatedRequest): SimulatedAnswer {
    const answer = this.instead.shift() ?? this.#allowed(request);
    this.exchanges.push({ request, status: answer.status });
    return answer;
  }

  #allowed(request: SimulatedRequest): SimulatedAnswer {
    try {
      this.#limit();
      if (request.headers["authorization"] !== `Bearer ${TOKEN}`) {
        throw new FakeRefusal(
          401,
          "INVALID_AUTHENTICATION",
          "Authentication credentials not found",
        );
      }
      return this.#route(request);
    } catch (error) {
      if (error instanceof FakeRefusal) return json(error.status, error.body);
      throw error;
    }
  }

  #limit(): void {
    this.#calls = this.#calls.filter((at) => at > this.nowMs - 10_000);
    this.#calls.push(this.nowMs);
    if (this.#calls.length <= this.perTenSeconds) return;
    const more = { policyName: "TEN_SECONDLY_ROLLING", errorType: "RATE_LIMIT" };
    throw new FakeRefusal(429, "RATE_LIMITS", "You have reached your limit.", more);
  }

  #route({ method, url, body: bytes }: SimulatedRequest): SimulatedAnswer {
    const { pathname } = new URL(url, "http://hubspot.example");
    const [version, kind, ...rest] = pathname.replace(/^\/crm\//, "").split("/");
    const text = bytes.toString();
    const body = (text === "" ? {} : JSON.parse(text)) as Body;
    if (version === "v4") return this.#associations(method, rest, text);
    if (kind === "pipelines") return json(200, { results: this.pipelines });
    if (kind === "properties") return this.#properties(method, rest[0] as FakeType, body);
    const [type, id, action] = rest as [FakeType, string | undefined, string | undefined];
    this.#askScope(type, method, id);
    if (id === "batch") return this.#batch(type, action ?? "", body);
    if (id === "search") return this.#search(type, body);
    if (id === "gdpr-delete") return this.#erase(body);
    return this.#one(method, type, id, body);
  }

  #askScope(type: FakeType, method: string, id: string | undefined): void {
    const isRead = method === "GET" || id === "search";
    const scope = `crm.objects.${type}.${isRead ? "read" : "write"}`;
    if (!this.missingScopes.has(scope)) return;
    const errors = [
      { message: "One or more scopes are required.", context: { requiredGranularScopes: [scope] } },
    ];
    const message = "This app hasn't been granted all required scopes to make this call.";
    throw new FakeRefusal(403, "MISSING_SCOPES", message, { errors });
  }

  #batch(type: FakeType, action: string, { inputs = [], idProperty }: Body): SimulatedAnswer {
    if (inputs.length > 100) throw new FakeRefusal(400, "VALIDATION_ERROR", "at most 100 inputs");
    const results: object[] = [];
    const errors: object[] = [];
    for (const input of inputs) {
      try {
        if (action === "upsert") {
          const { record, isNew } = this.records.upsert(type, input);
          results.push({ ...shown(record), new: isNew });
          continue;
        }
        const found = this.records.byKey(type, idProperty, input.id);
        if (!found) throw new FakeRefusal(404, "OBJECT_NOT_FOUND", "no such record");
        results.push(shown(found));
      } catch (error) {
        if (!(error instanceof FakeRefusal)) throw error;
        if (action === "upsert" && !this.tellsInItems) throw error;
        errors.push(error.body);
      }
    }
    const status = errors.length > 0 ? 207 : 200;
    return json(status, { status: "COMPLETE", results, ...(errors.length > 0 && { errors }) });
  }

  #search(type: FakeType, { filterGroups = [], limit = 10 }: Body): SimulatedAnswer {
    const found = this.records.search(type, filterGroups);
    return json(200, { total: found.length, results: found.slice(0, limit).map(shown) });
  }

  #erase({ objectId = "" }: Body): SimulatedAnswer {
    const found = this.records.byId("contacts", objectId);
    if (!found) throw new FakeRefusal(404, "OBJECT_NOT_FOUND", "no such contact");
    this.records.remove(found.id);
    return { status: 204, body: "" };
  }

  #one(method: string, type: FakeType, id: string | undefined, body: Body): SimulatedAnswer {
    if (id === undefined) return this.#make(type, body);
    const found = this.records.byId(type, id);
    if (!found) throw new FakeRefusal(404, "OBJECT_NOT_FOUND", "no such record");
    return json(
      200,
      shown(method === "PATCH" ? this.records.change(found, body.properties ?? {}) : found),
    );
  }

  #make(type: FakeType, { properties = {}, associations = [] }: Body): SimulatedAnswer {
    const kinds: Readonly<Record<number, FakeType>> = { 202: "contacts", 214: "deals" };
    const ends = associations.map(({ to, types }): [FakeType, string] => [
      kinds[types[0]?.associationTypeId ?? 0] ?? "contacts",
      to.id,
    ]);
    if (ends.some(([kind, end]) => !this.records.byId(kind, end))) {
      throw new FakeRefusal(404, "OBJECT_NOT_FOUND", "no such record to associate with");
    }
    const record = this.records.make(type, properties);
    for (const [kind, end] of ends) {
      const far = this.records.byId(kind, end)?.id ?? end;
      this.records.associate(`${type}/${record.id}`, `${kind}/${far}`);
    }
    return json(201, shown(record));
  }

  #associations(method: string, parts: readonly string[], text: string): SimulatedAnswer {
    const [from, fromId, , to, toId] = parts as [FakeType, string, string, FakeType, string?];
    const near = this.records.byId(from, fromId);
    if (!near) throw new FakeRefusal(404, "OBJECT_NOT_FOUND", "no such record");
    const here = `${from}/${near.id}`;
    if (toId === undefined) {
      const results = this.records.associated(here, to).map((one) => ({
        ...{ toObjectId: one, associationTypes: [] },
      }));
      return json(200, { results });
    }
    const far = this.records.byId(to, toId);
    if (method === "DELETE") {
      this.records.dissociate(here, `${to}/${far?.id ?? toId}`);
      return { status: 204, body: "" };
    }
    if (!far) throw new FakeRefusal(404, "OBJECT_NOT_FOUND", "no such record");
    const [kind] = JSON.parse(text) as { associationTypeId: number }[];
    if (kind?.associationTypeId !== DEAL_TO[to]) {
      throw new FakeRefusal(400, "VALIDATION_ERROR", `no such association of ${from} and ${to}`);
    }
    this.records.associate(here, `${to}/${far.id}`);
    return json(201, { fromObjectId: near.id, toObjectId: far.id, labels: [] });
  }

  #properties(method: string, type: FakeType, body: Body): SimulatedAnswer {
    const all = this.records.properties[type];
    if (method === "GET") return json(200, { results: all });
    const made = { name: body.name ?? "", hasUniqueValue: body.hasUniqueValue ?? false };
    all.push(made);
    return json(201, made);
  }
}

function shown({ id, type, properties }: FakeRecord): object {
  const place = { contacts: "0-1", companies: "0-2", deals: "0-3", notes: "0-46" }[type];
  const at = "2026-03-02T08:00:00.000Z";
  return {
    ...{ id, properties, archived: false, createdAt: at, updatedAt: at },
    url: `https://app.hubspot.com/contacts/1/record/${place}/${id}`,
  };
}

function json(status: number, body: object): SimulatedAnswer {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}
