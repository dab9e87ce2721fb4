import { createHash } from "node:crypto";

import { z } from "zod";

import { RetryableError } from "#sdk";
import type { Fields, Remote } from "#sdk/crm";

import { MailchimpClient, type CallContext } from "./client.ts";

export const Member = z.object({
  /** MD5 of the lower-case address, which is also what paths name the member by. */
  id: z.string(),
  email_address: z.string(),
  status: z.string(),
  merge_fields: z.record(z.string(), z.unknown()).default({}),
  tags: z.array(z.object({ name: z.string() })).default([]),
});
export type Member = z.output<typeof Member>;

/** What is written of a member; what is absent stays as it is. */
export interface MemberBody {
  email_address?: string;
  merge_fields?: Fields;
  /** Of an existing member, and only ever as `change` in contacts.ts decides. */
  status?: "subscribed" | "unsubscribed";
  /** Says nothing to Mailchimp where the member exists. */
  status_if_new?: "subscribed" | "transactional";
}

/** An audience may want fields of everybody that a booking does not know of. */
const LENIENT = { skip_merge_validation: "true" };

/** https://mailchimp.com/developer/marketing/docs/methods-parameters/#path-parameters */
export function hashOf(email: string): string {
  return createHash("md5").update(email.toLowerCase()).digest("hex");
}

/** Members of the audience. */
export class Members {
  readonly #client: MailchimpClient;

  constructor(context: CallContext) {
    this.#client = new MailchimpClient(context);
  }

  async byHash(hash: string): Promise<Member | undefined> {
    const answer = await this.#client.send({ method: "GET", path: this.#path(hash) });
    return answer === undefined ? undefined : read(Member, answer);
  }

  /** @returns undefined when there is no such audience. */
  async add(hash: string, body: MemberBody): Promise<Member | undefined> {
    const call = { method: "PUT", path: this.#path(hash), query: LENIENT, body } as const;
    const answer = await this.#client.send(call);
    return answer === undefined ? undefined : read(Member, answer);
  }

  /** @returns undefined when there is no such member. */
  async change(hash: string, body: MemberBody): Promise<Member | undefined> {
    const call = { method: "PATCH", path: this.#path(hash), query: LENIENT, body } as const;
    const answer = await this.#client.send(call);
    return answer === undefined ? undefined : read(Member, answer);
  }

  async tag(hash: string, tags: readonly { name: string; status: "active" | "inactive" }[]) {
    const path = this.#path(hash, "/tags");
    await this.#client.send({ method: "POST", path, body: { tags } });
  }

  /** Kept out of sight, and sent nothing. */
  async archive(hash: string): Promise<void> {
    await this.#client.send({ method: "DELETE", path: this.#path(hash) });
  }

  /** With all that Mailchimp keeps of the member, for good. */
  async erase(hash: string): Promise<void> {
    const path = this.#path(hash, "/actions/delete-permanent");
    await this.#client.send({ method: "POST", path });
  }

  /** By words in the address or in merge fields, some seconds behind. */
  async search(query: string): Promise<Member[]> {
    const [, listId = ""] = this.#client.list().split("/");
    const asked = { query, list_id: decodeURIComponent(listId) };
    const answer = await this.#client.send({ method: "GET", path: "search-members", query: asked });
    const { exact_matches: exact, full_search: full } = read(Search, answer);
    const all = [...exact.members, ...full.members];
    return [...new Map(all.map((member) => [member.id, member])).values()];
  }

  #path(hash: string, rest = ""): string {
    return this.#client.list(`/members/${hash}${rest}`);
  }
}

const Matches = z.object({ members: z.array(Member) });
const Search = z.object({ exact_matches: Matches, full_search: Matches });

export function remoteOf({ id }: Member): Remote {
  return { externalId: id };
}

/** @throws RetryableError when the answer is none that Mailchimp's documentation knows. */
export function read<T>(shape: z.ZodType<T>, answer: unknown): T {
  const result = shape.safeParse(answer);
  if (result.success) return result.data;
  throw new RetryableError("Mailchimp gave an answer that cannot be read", {
    mayHaveHappened: true,
  });
}
