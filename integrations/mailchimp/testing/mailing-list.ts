import { LeftOutError, TakenError } from "../answer.ts";
import { hashOf, Members } from "../members.ts";
import { Desk } from "../testing.ts";
import type { Mailman } from "./mailman.ts";

/** What comes of an act: `asks the guest` is nothing yet, and nothing at all unless the guest acts. */
export type Outcome = "on the list" | "off" | "asks the guest" | "refused" | "not there";

/** What both a real mailing-list server and our fake of Mailchimp know how to do. */
export interface MailingList {
  /** The program puts somebody on it who has agreed. */
  put(email: string): Promise<Outcome>;
  /** The program wants somebody on it who has left, and has not asked them. */
  putBack(email: string): Promise<Outcome>;
  /** The program gives a member the address of another. */
  move(email: string, to: string): Promise<Outcome>;
  /** The program changes what is known of a member. */
  change(email: string): Promise<Outcome>;
  /** The guest leaves. */
  leave(email: string): Promise<Outcome>;
  /** The guest comes, and confirms it. */
  signUp(email: string): Promise<Outcome>;
  /** Who gets what is sent, by address. */
  members(): Promise<string[]>;
}

/** An address of this domain is refused, whoever asks. */
export const REFUSED_DOMAIN = "fake.example.com";

const HOST = "lists.example.com";

export async function listOfMailman(mailman: Mailman, name: string): Promise<MailingList> {
  const { call } = mailman;
  const id = `${name}.${HOST}`;
  // There already when it is not the first list.
  await call("POST", "domains", { mail_host: HOST });
  await call("POST", "lists", { fqdn_listname: `${name}@${HOST}` });
  const settings = { subscription_policy: "confirm", unsubscription_policy: "open" };
  const quiet = { send_welcome_message: "false", admin_immed_notify: "false" };
  await call("PATCH", `lists/${id}/config`, { ...settings, ...quiet });
  const refused = `^.*@${REFUSED_DOMAIN.replaceAll(".", "\\.")}$`;
  await call("POST", `lists/${id}/bans`, { email: refused });

  const subscribe = async (email: string, flags: Record<string, string>): Promise<Outcome> => {
    const form = { list_id: id, subscriber: email, pre_verified: "true", ...flags };
    const { status } = await call("POST", "members", form);
    if (status === 202) return "asks the guest";
    // Who is on it already is what was wanted.
    return status === 201 || status === 409 ? "on the list" : "refused";
  };
  const memberAt = (email: string) => `lists/${id}/member/${email}`;
  return {
    put: (email) => subscribe(email, { pre_confirmed: "true", pre_approved: "true" }),
    putBack: (email) => subscribe(email, {}),
    async move(email, to) {
      const { body } = await call("GET", memberAt(email));
      const { status } = await call("PATCH", `members/${String(body["member_id"])}`, {
        address: to,
      });
      return status === 400 ? "refused" : "on the list";
    },
    async change(email) {
      const { status } = await call("GET", memberAt(email));
      return status === 404 ? "not there" : "on the list";
    },
    async leave(email) {
      const { status } = await call("DELETE", memberAt(email));
      return status === 404 ? "not there" : "off";
    },
    async signUp(email) {
      const { status, body } = await call("POST", "members", { list_id: id, subscriber: email });
      if (status !== 202) return "refused";
      // As the guest does with the link that was mailed.
      const request = `lists/${id}/requests/${String(body["token"])}`;
      const answer = await call("POST", request, { action: "accept" });
      return answer.status === 204 ? "on the list" : "refused";
    },
    async members() {
      const { body } = await call("GET", `lists/${id}/roster/member`);
      const entries = (body["entries"] ?? []) as { email: string }[];
      return entries.map(({ email }) => email.toLowerCase()).toSorted();
    },
  };
}

export function listOfFake(): MailingList {
  const { context, fake } = new Desk();
  const members = new Members(context);
  const outcome = async (work: Promise<{ status: string } | undefined>): Promise<Outcome> => {
    try {
      const member = await work;
      if (!member) return "not there";
      return member.status === "subscribed" ? "on the list" : "off";
    } catch (error) {
      if (error instanceof TakenError) return "refused";
      if (!(error instanceof LeftOutError)) throw error;
      return /only the guest can/.test(error.message) ? "asks the guest" : "refused";
    }
  };
  const put = (email: string) =>
    outcome(members.add(hashOf(email), { email_address: email, status_if_new: "subscribed" }));
  return {
    put,
    putBack: (email) => outcome(members.change(hashOf(email), { status: "subscribed" })),
    move: (email, to) => outcome(members.change(hashOf(email), { email_address: to })),
    change: (email) => outcome(members.change(hashOf(email), { merge_fields: { FNAME: "Anna" } })),
    leave: (email) => Promise.resolve(fake.leave(email) ? "off" : "not there"),
    signUp(email) {
      fake.signUp(email);
      return Promise.resolve("on the list");
    },
    members() {
      const all = [...fake.members.values()].filter(({ status }) => status === "subscribed");
      return Promise.resolve(all.map(({ email }) => email.toLowerCase()).toSorted());
    },
  };
}
