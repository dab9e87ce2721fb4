import { carries, type ContactView, type CrmContext, type CrmView } from "#sdk/crm";

import type { MailchimpConfig, Shown } from "./config.ts";
import { isArchived, textsOf } from "./contacts.ts";
import { hashOf, type Member, Members } from "./members.ts";

type Context = CrmContext<MailchimpConfig>;

/** What the audience holds. A whole address is looked up, all else is searched for. */
export async function readView(mark: string, context: Context): Promise<CrmView> {
  const members = new Members(context);
  const one = mark.includes("@") ? await members.byHash(hashOf(mark)) : undefined;
  const found = one ? [one] : await members.search(mark);
  const marked = found.filter(
    (member) =>
      !isArchived(member) && carries(mark, member.email_address, ...Object.values(textsOf(member))),
  );
  const contacts = marked.map((member) => viewOf(member, context.config));
  return { contacts, companies: [], deals: [] };
}

function viewOf(member: Member, { mergeFields }: MailchimpConfig): ContactView {
  const texts = textsOf(member);
  const shown = (what: Shown) => {
    const tag = Object.keys(mergeFields).find((name) => mergeFields[name] === what);
    return tag === undefined ? "" : (texts[tag] ?? "");
  };
  const { id, email_address: email, status, tags } = member;
  return {
    ...{ externalId: id, email, isSubscribed: status === "subscribed" },
    tags: tags.map(({ name }) => name),
    ...present({
      name: `${shown("firstName")} ${shown("lastName")}`.trim() || shown("name"),
      ...{ phone: shown("phone"), language: shown("language"), country: shown("country") },
      ...{ company: shown("company"), consent: shown("consent") },
      ...{ firstBookedOn: shown("firstBookedOn"), lastBookedOn: shown("lastBookedOn") },
      nextStayOn: shown("nextStayOn"),
    }),
    ...(shown("bookings") !== "" && { bookings: Number(shown("bookings")) }),
    ...(hasField(mergeFields, "spent") && { spent: shown("spent").split("; ").filter(Boolean) }),
  };
}

function hasField(mergeFields: MailchimpConfig["mergeFields"], what: Shown): boolean {
  return Object.values(mergeFields).includes(what);
}

function present<T extends object>(parts: T): Partial<T> {
  const given = Object.entries(parts).filter(([, value]) => value !== "");
  return Object.fromEntries(given) as Partial<T>;
}
