import {
  carries,
  type ContactView,
  type CrmTarget,
  type CrmView,
  type DealView,
} from "../../crm/target.ts";
import type { CrmStory, ExpectedContact, ExpectedDeal } from "./story.ts";

/** What of a story a target can show. */
export interface Comparison {
  target: Pick<CrmTarget<never>, "deals" | "companies">;
  keeps?: readonly (keyof ContactView)[];
  keepsOfDeals?: readonly (keyof DealView)[];
  needsEmail?: boolean;
  hasUniqueEmails?: boolean;
}

/** What a target must hold, in words. */
export function expectedWords(story: CrmStory, comparison: Comparison) {
  const { companies = [] } = story;
  const { target } = comparison;
  return {
    contacts: expectedContacts(story, comparison),
    ...(target.deals && { deals: expectedDeals(story, comparison) }),
    ...(target.companies && { companies: companies.toSorted() }),
  };
}

/** What it holds, with the fields and in the order that `expectedWords` has them. */
export function foundWords(view: CrmView, story: CrmStory, comparison: Comparison) {
  const expected = expectedContacts(story, comparison);
  const { target } = comparison;
  const deals = expectedDeals(story, comparison);
  const contacts = view.contacts.toSorted(byAddress);
  // An address that nobody gave is compared as well.
  const always = !comparison.keeps || comparison.keeps.includes("email") ? { email: true } : {};
  return {
    contacts: contacts.map((contact, index) =>
      only(contact, { ...(expected[index] ?? contact), ...always }),
    ),
    ...(target.deals && { deals: deals.map((deal) => foundDeal(view, deal)) }),
    ...(target.companies && { companies: view.companies.map(({ name }) => name).toSorted() }),
  };
}

function expectedContacts({ contacts }: CrmStory, comparison: Comparison): ExpectedContact[] {
  const { needsEmail = false, hasUniqueEmails = false, keeps } = comparison;
  return contacts
    .filter(({ email, isEmailShared }) => !needsEmail || (email !== undefined && !isEmailShared))
    .map(({ isEmailShared, email, ...rest }) => ({
      ...(isEmailShared && hasUniqueEmails ? {} : email !== undefined && { email }),
      ...rest,
    }))
    .toSorted(byAddress)
    .map((contact) =>
      keeps ? only(contact, Object.fromEntries(keeps.map((name) => [name, true]))) : contact,
    );
}

/** By the names that a view has for them. */
const SEEN_AS: Readonly<Record<string, keyof DealView>> = {
  contact: "contactId",
  company: "companyId",
};

function expectedDeals({ deals = [] }: CrmStory, comparison: Comparison): ExpectedDeal[] {
  const { keepsOfDeals, target } = comparison;
  const isKept = (name: string) =>
    name === "booking" ||
    ((name !== "company" || target.companies !== undefined) &&
      (keepsOfDeals?.includes(SEEN_AS[name] ?? (name as keyof DealView)) ?? true));
  return deals.map((deal) => {
    const kept = Object.entries(deal).filter(([name]) => isKept(name));
    return { ...Object.fromEntries(kept), booking: deal.booking };
  });
}

function byAddress(one: ExpectedContact, other: ExpectedContact): number {
  const orderOf = ({ email = "", name = "" }: ExpectedContact) => `${email} ${name}`;
  return orderOf(one) < orderOf(other) ? -1 : 1;
}

function foundDeal({ deals, contacts, companies }: CrmView, expected: ExpectedDeal) {
  const found = deals.filter(({ key }) => key.endsWith(`-${expected.booking}`));
  const [deal, another] = found;
  if (!deal || another) return `${found.length} deals of booking ${expected.booking}`;
  const contact = contacts.find(({ externalId }) => externalId === deal.contactId);
  const company = companies.find(({ externalId }) => externalId === deal.companyId);
  const isTheirs =
    typeof expected.contact === "string" && contactCarries(contact, expected.contact);
  return {
    ...only({ ...deal, company: company?.name }, { ...expected }),
    booking: expected.booking,
    ...("contact" in expected && {
      contact: isTheirs ? expected.contact : (contact?.name ?? null),
    }),
  };
}

function contactCarries(contact: ContactView | undefined, text: string): boolean {
  return contact !== undefined && carries(text, contact.email, contact.name);
}

function only<T extends object>(from: T, like: object): Partial<T> {
  const names = Object.keys(like);
  return Object.fromEntries(
    Object.entries(from).filter(([name]) => names.includes(name)),
  ) as Partial<T>;
}
