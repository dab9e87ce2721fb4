import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { hasPrograms, isLongRun } from "#sdk/testing";

import {
  listOfFake,
  listOfMailman,
  type MailingList,
  type Outcome,
  REFUSED_DOMAIN,
} from "./testing/mailing-list.ts";
import { type Mailman, startMailman } from "./testing/mailman.ts";

// No Mailchimp can be had here. What a mailing list is, a real server of another make tells: where
// both know a thing, our fake of Mailchimp has to do what a real list does.

type Act = Exclude<keyof MailingList, "members">;

interface ListStory {
  title: string;
  acts: readonly [act: Act, email: string, comes: Outcome, to?: string][];
  /** Who gets what is sent in the end. */
  members: readonly string[];
}

const [ANNA, OLA] = ["anna@example.com", "ola@example.com"];

const STORIES: readonly ListStory[] = [
  {
    title: "put on it twice is there once",
    acts: [
      ["put", ANNA, "on the list"],
      ["put", ANNA, "on the list"],
    ],
    members: [ANNA],
  },
  {
    title: "an address is the same in any spelling",
    acts: [
      ["put", ANNA, "on the list"],
      ["put", "Anna@Example.com", "on the list"],
      ["leave", "ANNA@example.com", "off"],
    ],
    members: [],
  },
  {
    title: "who leaves takes nobody else along",
    acts: [
      ["put", ANNA, "on the list"],
      ["put", OLA, "on the list"],
      ["leave", ANNA, "off"],
    ],
    members: [OLA],
  },
  {
    title: "no program puts back who has left",
    acts: [
      ["put", ANNA, "on the list"],
      ["leave", ANNA, "off"],
      ["putBack", ANNA, "asks the guest"],
    ],
    members: [],
  },
  {
    title: "who has left comes back by own doing",
    acts: [
      ["put", ANNA, "on the list"],
      ["leave", ANNA, "off"],
      ["signUp", ANNA, "on the list"],
    ],
    members: [ANNA],
  },
  {
    title: "who has come back may leave again",
    acts: [
      ["signUp", ANNA, "on the list"],
      ["leave", ANNA, "off"],
      ["putBack", ANNA, "asks the guest"],
    ],
    members: [],
  },
  {
    title: "nobody is made by a change, or by leaving",
    acts: [
      ["change", ANNA, "not there"],
      ["leave", ANNA, "not there"],
    ],
    members: [],
  },
  {
    title: "an address that is refused does not come onto it",
    acts: [["put", `anna@${REFUSED_DOMAIN}`, "refused"]],
    members: [],
  },
  {
    title: "nobody gets the address of another member",
    acts: [
      ["put", ANNA, "on the list"],
      ["put", OLA, "on the list"],
      ["move", ANNA, "refused", OLA],
    ],
    members: [ANNA, OLA],
  },
];

function checkLists(open: (name: string) => MailingList | Promise<MailingList>): void {
  it.each(STORIES.map((story, index) => ({ ...story, index })))("$title", async (story) => {
    const list = await open(`walks-${story.index}`);

    const came: Outcome[] = [];
    for (const [act, email, , to = ""] of story.acts) came.push(await list[act](email, to));

    expect(came).toEqual(story.acts.map(([, , comes]) => comes));
    expect(await list.members()).toEqual(story.members);
  });

  it("two lists know nothing of each other", async () => {
    const [walks, bikes] = [await open("walks"), await open("bikes")];

    for (const list of [walks, bikes]) await list.put(ANNA);
    await walks.leave(ANNA);

    expect([await walks.members(), await bikes.members()]).toEqual([[], [ANNA]]);
    expect(await walks.putBack(ANNA)).toBe("asks the guest");
    expect(await bikes.put(ANNA)).toBe("on the list");
  });
}

describe("on our fake of Mailchimp", () => {
  checkLists(() => listOfFake());
});

// It takes its time to start: for the long run.
describe.runIf(isLongRun() && hasPrograms("mailman"))("on a real Mailman", () => {
  let mailman: Mailman;
  beforeAll(async () => {
    mailman = await startMailman();
  }, 90_000);
  afterAll(() => mailman.stop());

  checkLists((name) => listOfMailman(mailman, name));

  it("believes a program that vouches for who has left: that nobody comes back is Mailchimp's rule", async () => {
    const came: Outcome[] = [];
    for (const list of [await listOfMailman(mailman, "vouched"), listOfFake()]) {
      await list.put(ANNA);
      await list.leave(ANNA);
      came.push(await list.put(ANNA));
    }

    expect(came).toEqual(["on the list", "off"]);
  });

  it("says itself that somebody is a member already", async () => {
    await (await listOfMailman(mailman, "told")).put(ANNA);
    const form = { list_id: "told.lists.example.com", subscriber: "ANNA@example.com" };

    const { status, body } = await mailman.call("POST", "members", {
      ...form,
      pre_verified: "true",
    });

    expect([status, body["description"]]).toEqual([409, "Member already subscribed"]);
  });
});
