import { ConfigurationError } from "#sdk";
import {
  type Contact,
  type CrmContacts,
  type CrmContext,
  type Fields,
  fieldsToWrite,
  type Known,
  type Put,
  type Refused,
  type Remote,
} from "#sdk/crm";

import { LeftOutError, TakenError } from "./answer.ts";
import type { MailchimpConfig } from "./config.ts";
import { hashOf, type Member, type MemberBody, Members, remoteOf } from "./members.ts";
import { shownAs } from "./shown.ts";

type Context = CrmContext<MailchimpConfig>;

export const contacts: CrmContacts<MailchimpConfig> = {
  fields: memberFields,
  async find({ email, isEmailShared }, context) {
    if (email === undefined || isEmailShared) return undefined;
    const member = await new Members(context).byHash(hashOf(email));
    return member && !isArchived(member) ? remoteOf(member) : undefined;
  },
  async put(put, context) {
    try {
      return await (put.known ? change(put, put.known, context) : make(put, context));
    } catch (error) {
      if (error instanceof LeftOutError) return { refused: error.message };
      if (error instanceof TakenError) return leaveBehind(put, context);
      throw error;
    }
  },
  async erase({ externalId }, context) {
    await new Members(context).erase(externalId);
  },
  async takeOff({ externalId }, context) {
    const members = new Members(context);
    const there = await members.byHash(externalId);
    if (there && isOnList(there)) await members.change(there.id, { status: "unsubscribed" });
  },
};

/** A list of addresses holds nobody without one, and each address once. */
function memberFields(contact: Contact, { mergeFields, tags }: MailchimpConfig) {
  const { email, isEmailShared } = contact;
  if (email === undefined || isEmailShared) return undefined;
  const merged = Object.entries(mergeFields).map(
    ([tag, what]) => [tag, shownAs(what, contact)] as const,
  );
  return {
    ...Object.fromEntries(merged),
    // In lower case, so that no merge field is called so.
    ...{ email, tags: tags.join("; "), wish: wishOf(contact) },
  };
}

/** What the guest wants of the list, as far as it is Bellhop's to say. */
function wishOf({ maySubscribe, consent }: Contact): "subscribe" | "leave" | "" {
  if (maySubscribe) return "subscribe";
  return consent === "no" ? "leave" : "";
}

async function make({ thing, fields }: Put<Contact>, context: Context): Promise<Remote | Refused> {
  const { email = "" } = fields;
  const hash = hashOf(email);
  const members = new Members(context);
  const there = await members.byHash(hash);
  if (there && isArchived(there)) {
    return { refused: "somebody has archived the contact in Mailchimp: it is left so" };
  }
  const made = await members.add(hash, {
    email_address: email,
    // Never `status`: somebody who is there by now may have left.
    status_if_new: wishOf(thing) === "subscribe" ? "subscribed" : "transactional",
    merge_fields: filled(mergeFieldsIn(fields)),
  });
  if (!made) {
    throw new ConfigurationError(`listId: Mailchimp has no audience ${context.config.listId}`);
  }
  await putTags(made, context);
  return remoteOf(made);
}

async function change(
  { thing, fields }: Put<Contact>,
  known: Known,
  context: Context,
): Promise<Remote | "gone"> {
  const members = new Members(context);
  const found = await members.byHash(known.externalId);
  if (!found || isArchived(found)) return "gone";
  const status = statusFor(thing, found);
  // A no goes ahead of the rest: it counts, whatever Mailchimp thinks of that.
  const there = status === "unsubscribed" ? await members.change(found.id, { status }) : found;
  if (!there) return "gone";
  const merge_fields = fieldsToWrite(
    { fields: mergeFieldsIn(fields), known },
    textsOf(there),
    context.config,
  );
  const { email = "" } = fields;
  const body: MemberBody = {
    ...(Object.keys(merge_fields).length > 0 && { merge_fields }),
    ...(there.email_address.toLowerCase() !== email && { email_address: email }),
    ...(status === "subscribed" && { status }),
  };
  const isSame = Object.keys(body).length === 0;
  const changed = isSame ? there : await members.change(there.id, body);
  if (!changed) return "gone";
  await putTags(changed, context);
  return remoteOf(changed);
}

/**
 * Decides about the status of an existing member that is held. On the list comes only who has agreed
 * and was never on it; who has left, whose mail came back, or who has not confirmed yet, stays so.
 * Whoever takes the consent back is taken off.
 */
function statusFor(contact: Contact, member: Member): MemberBody["status"] {
  const wish = wishOf(contact);
  if (wish === "subscribe" && member.status === "transactional") return "subscribed";
  return wish === "leave" && isOnList(member) ? "unsubscribed" : undefined;
}

function isOnList({ status }: Member): boolean {
  return status === "subscribed" || status === "pending";
}

/**
 * The guest has an address that is a member already, which is the guest's from now on. The old one is
 * given up, or it would go on being sent what nobody can take back any more. Who has left there is
 * kept, as Mailchimp remembers by it that nobody may be put back.
 *
 * Not so when the new one is archived, be it by us when the guest had it before: then none would be
 * left, and whoever was archived may not be brought back. What is there goes on being the guest's.
 */
async function leaveBehind(
  { known, fields }: Put<Contact>,
  context: Context,
): Promise<"gone" | Refused> {
  const members = new Members(context);
  const { email = "" } = fields;
  const next = await members.byHash(hashOf(email));
  if (next && isArchived(next)) {
    return {
      refused: "the guest's new address is archived in Mailchimp: the old one is left as it is",
    };
  }
  const there = known && (await members.byHash(known.externalId));
  const isInUse = ["subscribed", "pending", "transactional"].includes(there?.status ?? "");
  if (there && isInUse) await members.archive(there.id);
  return "gone";
}

/** Only those that the settings name are ours: others are left as they are. */
async function putTags(member: Member, context: Context): Promise<void> {
  const { tags, formerTags } = context.config;
  const has = (name: string) => member.tags.some((tag) => tag.name === name);
  const changes = [
    ...tags.filter((name) => !has(name)).map((name) => ({ name, status: "active" as const })),
    ...formerTags
      .filter((name) => has(name) && !tags.includes(name))
      .map((name) => ({ name, status: "inactive" as const })),
  ];
  if (changes.length > 0) await new Members(context).tag(member.id, changes);
}

/** Archived, by the office: not shown, and not sent anything. */
export function isArchived({ status }: Member): boolean {
  return status === "archived";
}

/** Their tags are in capitals. */
function mergeFieldsIn(fields: Fields): Fields {
  const merged = Object.entries(fields).filter(([name]) => name === name.toUpperCase());
  return Object.fromEntries(merged);
}

/** Merge fields as text; a number of Mailchimp's is one of ours. */
export function textsOf({ merge_fields: fields }: Member): Record<string, string> {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === "string" || typeof value === "number" ? String(value) : "",
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function filled(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}
