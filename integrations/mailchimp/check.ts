import { z } from "zod";

import { type CheckContext, ConfigurationError } from "#sdk";

import { MailchimpClient } from "./client.ts";
import type { MailchimpConfig } from "./config.ts";
import { read } from "./members.ts";

const List = z.object({ name: z.string(), double_optin: z.boolean().optional() });
const MergeFields = z.object({ merge_fields: z.array(z.object({ tag: z.string() })) });

/** Looks up what the settings name: Mailchimp says nothing about a merge field it does not know. */
export async function check(context: CheckContext<MailchimpConfig>): Promise<string> {
  const { config } = context;
  const client = new MailchimpClient(context);
  const list = await client.send({ method: "GET", path: client.list() });
  if (list === undefined) {
    throw new ConfigurationError(`listId: Mailchimp has no audience ${config.listId}`);
  }
  const query = { count: "1000" };
  const answer = await client.send({ method: "GET", path: client.list("/merge-fields"), query });
  const tags = read(MergeFields, answer).merge_fields.map(({ tag }) => tag);
  const unknown = Object.keys(config.mergeFields).filter((tag) => !tags.includes(tag));
  if (unknown.length > 0) {
    throw new ConfigurationError(
      `mergeFields: the audience has no ${unknown.join(", ")}; there are ${tags.join(", ")}`,
    );
  }
  return `${read(List, list).name}: all merge fields are there; ${wordsOn(config)}`;
}

function wordsOn({ subscribe, consentItem }: MailchimpConfig): string {
  if (subscribe === "never") return "nobody is subscribed";
  return consentItem === undefined
    ? "nobody is subscribed, as no consentItem says who has agreed"
    : `who agrees by ${consentItem} is subscribed`;
}
