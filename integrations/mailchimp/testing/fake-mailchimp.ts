import { createHash } from "node:crypto";

import { type HttpClient, RetryableError, type SimulatedAnswer, type SimulatedRequest } from "#sdk";

export const API_KEY = "0123456789abcdef0123456789abcdef-us6";
export const LIST = "a1b2c3d4e5";

export interface FakeMember {
  email: string;
  status: string;
  fields: Record<string, string>;
  tags: Set<string>;
}

export interface Exchange {
  request: SimulatedRequest;
  status: number;
}

/** What befalls a call: nothing got there, or no answer came back. */
export type Mishap = "before" | "after" | undefined;

interface Body {
  email_address?: string;
  status?: string;
  status_if_new?: string;
  merge_fields?: Record<string, string>;
  tags?: { name: string; status: string }[];
}

/** What Mailchimp refuses. */
class Refusal extends Error {
  readonly answer: SimulatedAnswer;

  constructor(status: number, title: string, detail: string, more: object = {}) {
    super(title);
    const type = "https://mailchimp.com/developer/marketing/docs/errors/";
    this.answer = json(status, { type, title, status, detail, instance: "i-1", ...more });
  }
}

/** Mailchimp's API for one audience, as far as it is used here, in the memory of a test. */
export class FakeMailchimp {
  readonly members = new Map<string, FakeMember>();
  /** Deleted for good: these come back by a form only. */
  readonly forgotten = new Set<string>();
  readonly mergeTags = new Set(["FNAME", "LNAME", "PHONE"]);
  readonly exchanges: Exchange[] = [];
  /** Answers that come instead, one for each of the next calls. */
  readonly instead: SimulatedAnswer[] = [];
  mishap: (call: number) => Mishap = () => undefined;

  /** In place of the network. */
  readonly http: HttpClient = {
    send: ({ method = "GET", url, headers = {}, body }) => {
      const mishap = this.mishap(this.exchanges.length + 1);
      const lost = () =>
        Promise.reject(new RetryableError("no answer from Mailchimp", { mayHaveHappened: true }));
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

  /** By address. */
  member(email: string): FakeMember | undefined {
    return this.members.get(md5(email));
  }

  /** As somebody in the office, or a form of Mailchimp's, makes one. */
  add(email: string, status: string, fields: Record<string, string> = {}): FakeMember {
    const member = { email, status, fields: { ...fields }, tags: new Set<string>() };
    this.members.set(md5(email), member);
    return member;
  }

  /** The guest leaves, by the link in a mail. @returns whether there was anybody. */
  leave(email: string): boolean {
    const member = this.member(email);
    if (member) member.status = "unsubscribed";
    return member !== undefined;
  }

  /** The guest comes by a form of Mailchimp's and confirms: whoever has left comes back so alone. */
  signUp(email: string): void {
    this.forgotten.delete(md5(email));
    const member = this.member(email);
    if (member) member.status = "subscribed";
    else this.add(email, "subscribed");
  }

  #allowed(request: SimulatedRequest): SimulatedAnswer {
    try {
      const [, credentials = ""] = (request.headers["authorization"] ?? "").split(" ");
      if (!Buffer.from(credentials, "base64").toString().endsWith(`:${API_KEY}`)) {
        throw new Refusal(401, "API Key Invalid", "Your API key may be invalid.");
      }
      return this.#route(request);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  #route({ method, url, body: bytes }: SimulatedRequest): SimulatedAnswer {
    const { pathname, searchParams } = new URL(url, "http://mailchimp.example");
    const [kind, listId, part, hash = "", action] = pathname.replace("/3.0/", "").split("/");
    if (kind === "search-members") return this.#search(searchParams.get("query") ?? "");
    if (listId !== LIST) throw notFound();
    if (part === undefined) return json(200, { id: LIST, name: "Guests", double_optin: false });
    if (part === "merge-fields") {
      return json(200, { merge_fields: [...this.mergeTags].map((tag) => ({ tag })) });
    }
    const text = bytes.toString();
    const body = (text === "" ? {} : JSON.parse(text)) as Body;
    if (method === "PUT") return this.#put(hash, body);
    const member = this.members.get(hash);
    if (!member) throw notFound();
    if (method === "DELETE") return archive(member);
    if (action === "tags") return tag(member, body);
    if (action === "actions") return this.#erase(hash);
    return method === "PATCH" ? this.#patch(hash, member, body) : json(200, shown(hash, member));
  }

  #put(hash: string, body: Body): SimulatedAnswer {
    const { email_address: email = "", status_if_new: status } = body;
    const there = this.members.get(hash);
    if (there) return this.#patch(hash, there, body);
    if (this.forgotten.has(hash)) {
      const detail = `${email} was permanently deleted and cannot be re-imported.`;
      throw new Refusal(400, "Forgotten Email Not Subscribed", detail);
    }
    refuseFalse(email);
    if (status === undefined) throw new Refusal(400, "Invalid Resource", "status_if_new is needed");
    const member = this.add(email, status);
    this.#write(member, body);
    return json(200, shown(hash, member));
  }

  #patch(hash: string, member: FakeMember, body: Body): SimulatedAnswer {
    const { status, email_address: email } = body;
    const hasLeft = ["unsubscribed", "cleaned"].includes(member.status);
    if (status === "subscribed" && hasLeft) {
      const detail = `${member.email} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`;
      throw new Refusal(400, "Member In Compliance State", detail);
    }
    refuseFalse(email);
    const moved = email === undefined ? hash : md5(email);
    if (moved !== hash && this.members.has(moved)) {
      throw new Refusal(400, "Member Exists", `${email ?? ""} is already a list member.`);
    }
    this.#write(member, body);
    if (status !== undefined) member.status = status;
    member.email = email ?? member.email;
    this.members.delete(hash);
    this.members.set(moved, member);
    return json(200, shown(moved, member));
  }

  #write(member: FakeMember, { merge_fields: fields = {} }: Body): void {
    for (const [name, value] of Object.entries(fields)) {
      // What the audience does not have is dropped without a word.
      if (this.mergeTags.has(name)) member.fields[name] = value;
    }
  }

  #erase(hash: string): SimulatedAnswer {
    this.members.delete(hash);
    this.forgotten.add(hash);
    return { status: 204, body: "" };
  }

  #search(query: string): SimulatedAnswer {
    const found = [...this.members].filter(([, { email, fields }]) =>
      [email, ...Object.values(fields)].some((text) => text.includes(query)),
    );
    const members = found.map(([hash, member]) => shown(hash, member));
    return json(200, { exact_matches: { members: [] }, full_search: { members } });
  }
}

function refuseFalse(email = ""): void {
  if (!email.endsWith("@fake.example.com")) return;
  throw new Refusal(400, "Invalid Resource", `${email} looks fake or invalid`);
}

/** Kept, and shown to nobody. */
function archive(member: FakeMember): SimulatedAnswer {
  if (member.status === "archived") {
    throw new Refusal(405, "Method Not Allowed", "This list member cannot be removed.");
  }
  member.status = "archived";
  return { status: 204, body: "" };
}

function tag(member: FakeMember, { tags = [] }: Body): SimulatedAnswer {
  for (const { name, status } of tags) {
    if (status === "active") member.tags.add(name);
    else member.tags.delete(name);
  }
  return { status: 204, body: "" };
}

function shown(id: string, { email, status, fields, tags }: FakeMember): object {
  return {
    ...{ id, email_address: email, status, merge_fields: fields, list_id: LIST },
    tags: [...tags].map((name, index) => ({ id: index + 1, name })),
  };
}

function notFound(): Refusal {
  return new Refusal(404, "Resource Not Found", "The requested resource could not be found.");
}

function md5(email: string): string {
  return createHash("md5").update(email.toLowerCase()).digest("hex");
}

function json(status: number, body: object): SimulatedAnswer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
