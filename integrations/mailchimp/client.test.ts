import { expect, it } from "vitest";

import type { HttpRequest, SimulatedAnswer } from "#sdk";

import { check } from "./check.ts";
import { MailchimpConfig } from "./config.ts";
import { Members } from "./members.ts";
import { ANNA, Desk, failureOf } from "./testing.ts";
import { API_KEY, LIST } from "./testing/fake-mailchimp.ts";

const answer = (status: number, body: unknown): SimulatedAnswer => ({
  status,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

/** What comes of a member whose first call is answered so. */
async function met(...instead: SimulatedAnswer[]) {
  const desk = new Desk();
  desk.fake.instead.push(...instead);
  return failureOf(desk.put(ANNA));
}

it("the key's ending says where Mailchimp is, unless the settings do", async () => {
  const urls: string[] = [];
  const addressed = async (settings: object) => {
    const { context, fake } = new Desk(settings);
    const http = {
      send: (request: HttpRequest) => {
        urls.push(new URL(request.url).origin);
        return fake.http.send(request);
      },
    };
    await new Members({ ...context, http }).byHash("x");
  };

  await addressed({});
  await addressed({ apiBaseUrl: "http://127.0.0.1:9/" });

  expect(urls).toEqual(["https://us6.api.mailchimp.com", "http://127.0.0.1:9"]);
});

it("half a key is refused at the start", () => {
  const result = MailchimpConfig.safeParse({ apiKey: "0123456789abcdef", listId: LIST });

  expect(result.error?.issues[0]?.message).toContain("no data centre");
});

it.each([
  ["429", answer(429, { title: "Too Many Requests" })],
  ["a 403 that is no JSON", answer(403, "<html>Access Denied</html>")],
])("%s: too many at once, and tried again", async (_, instead) => {
  expect(await met(instead)).toMatchObject({ kind: "retryable", mayHaveHappened: false });
});

it("a 403 that is JSON, or a 401, waits for the settings and does not tell the key", async () => {
  const forbidden = await met(answer(403, { title: "User Disabled" }));
  const refused = await met(answer(401, { title: "API Key Invalid" }));

  expect([forbidden.kind, refused.kind]).toEqual(["configuration", "configuration"]);
  expect(`${forbidden.message} ${refused.message}`).not.toContain(API_KEY);
});

it("a merge field that is refused is named, without what was in it", async () => {
  const failure = await met(
    answer(404, { title: "Resource Not Found" }),
    answer(400, {
      ...{ title: "Invalid Resource", detail: "Your merge fields were invalid." },
      errors: [{ field: "PHONE", message: "+4790000000 is no phone number" }],
    }),
  );

  expect(failure.kind).toBe("permanent");
  expect(failure.message).toContain("Invalid Resource (merge field PHONE)");
  expect(failure.message).not.toContain("+4790000000");
});

it("an error of the server is tried again, and may have got through", async () => {
  const failure = await met(answer(404, {}), answer(500, ""));

  expect(failure).toMatchObject({ kind: "retryable", mayHaveHappened: true });
});

function checked({ context }: Desk) {
  return check(context);
}

it("the check says whose audience it is, and who comes onto it", async () => {
  expect(await checked(new Desk())).toBe(
    "Guests: all merge fields are there; nobody is subscribed",
  );
  expect(await checked(new Desk({ subscribe: "consent", consentItem: "news" }))).toContain(
    "who agrees by news is subscribed",
  );
});

it("the check names merge fields and audiences that are not there", async () => {
  const mergeFields = { FNAME: "firstName", STAY: "nextStayOn" };

  expect((await failureOf(checked(new Desk({ mergeFields })))).message).toContain(
    "the audience has no STAY; there are FNAME, LNAME, PHONE",
  );
  expect((await failureOf(checked(new Desk({ listId: "x" })))).message).toContain("no audience x");
});
