import { describe, expect, it } from "vitest";

import { type HttpRequest, type HttpResponse, kindOf, RetryableError } from "#sdk";
import { checkContext } from "#sdk/testing";

import { type DavContext, send } from "./client.ts";
import { DavConfig } from "./config.ts";
import { CARD, create, edit, EVENT } from "./resource.ts";

const URL = "https://dav.example.com/book/a.vcf";
const config = DavConfig.parse({
  addressBookUrl: "https://dav.example.com/book/",
  user: "hub",
  password: "secret",
});

/** A server that gives these answers, one after the other. */
function serving(...answers: [status: number, headers?: Record<string, string>, text?: string][]) {
  const requests: HttpRequest[] = [];
  const http = {
    send(request: HttpRequest): Promise<HttpResponse> {
      requests.push(request);
      const [status, headers = {}, text = ""] = answers[requests.length - 1] ?? [500];
      return Promise.resolve({ status, headers, body: Buffer.from(text), text: () => text });
    },
  };
  const context: DavContext = checkContext(config, { http });
  return { context, requests };
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("what an answer means", () => {
  it.each([
    [401, "configuration"],
    [403, "configuration"],
    [404, "configuration"],
    [409, "configuration"],
    [415, "permanent"],
    [423, "retryable"],
    [429, "retryable"],
    [503, "retryable"],
    [507, "configuration"],
  ])("%i is %s", async (status, kind) => {
    const { context } = serving([status]);

    expect(kindOf(await errorOf(send({ method: "PUT", url: URL }, context)))).toBe(kind);
  });

  const refusing = (name: string): [number, object, string] => [
    403,
    {},
    `<?xml version="1.0"?><D:error xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><C:${name}/></D:error>`,
  ];
  const writing = (...answer: [number, object, string]) => {
    const [status, headers, text] = answer;
    const { context } = serving([status, headers as Record<string, string>, text]);
    return errorOf(create(URL, "one", CARD, context));
  };

  it.each([
    ...["valid-address-data", "supported-address-data", "no-uid-conflict", "max-resource-size"],
    ...["valid-calendar-data", "valid-calendar-object-resource", "max-instances"],
  ])("403 because of %s is about this one card or event", async (name) => {
    const error = await writing(...refusing(name));

    expect(kindOf(error)).toBe("permanent");
    expect((error as Error).message).toContain(name);
  });

  it.each([
    ["of a right that is missing", refusing("need-privileges")],
    ["of a calendar for tasks alone", refusing("supported-calendar-component")],
    ["without a word", [403, {}, ""]],
    ["in words for people", [403, {}, "<html><p>valid-address-data & more"]],
    ["of one thing, in a document with entities", [403, {}, "<!DOCTYPE x>" + refusing("a")[2]]],
  ] as [string, [number, object, string]][])("403 %s waits for the settings", async (_, answer) => {
    expect(kindOf(await writing(...answer))).toBe("configuration");
  });

  it("412 because of what is in the card is not made good by looking again", async () => {
    const [, , text] = refusing("valid-address-data");
    const twin = refusing("no-uid-conflict")[2];

    expect(kindOf(await writing(412, {}, text))).toBe("permanent");
    expect(kindOf(await writing(412, {}, twin))).toBe("retryable");
    expect(kindOf(await writing(409, {}, twin))).toBe("retryable");
  });

  it("a busy server is asked again when it says", async () => {
    const { context } = serving([429, { "retry-after": "120" }]);

    const error = await errorOf(send({ method: "PUT", url: URL }, context));

    expect(error).toMatchObject({ retryAfterMs: 120_000, mayHaveHappened: false });
  });

  it("a write without an answer may have got through, a read changes nothing", async () => {
    const { context } = serving([502], [502]);

    const write = await errorOf(send({ method: "PUT", url: URL }, context));
    const read = await errorOf(send({ method: "GET", url: URL }, context));

    expect(write).toMatchObject({ mayHaveHappened: true });
    expect(read).toMatchObject({ mayHaveHappened: false });
  });

  it("a read follows, a write does not and says where it was sent", async () => {
    const away: [number, Record<string, string>] = [301, { location: "/books/a.vcf" }];
    const reading = serving(away, [200]);
    const writing = serving(away);

    const answer = await send({ method: "GET", url: URL }, reading.context);
    const error = await errorOf(send({ method: "PUT", url: URL }, writing.context));

    expect(answer.url).toBe("https://dav.example.com/books/a.vcf");
    expect(kindOf(error)).toBe("configuration");
    expect((error as Error).message).toContain("https://dav.example.com/books/a.vcf");
  });

  it("the password is never sent on without protection", async () => {
    const { context, requests } = serving([302, { location: "http://dav.example.com/" }], [200]);

    const error = await errorOf(send({ method: "GET", url: URL }, context));

    expect(kindOf(error)).toBe("configuration");
    expect(requests).toHaveLength(1);
  });
});

describe("changing what others change too", () => {
  it("what was changed in between is read again, and changed as it is then", async () => {
    const { context, requests } = serving(
      ...([[200, { etag: '"1"' }, "one"], [412]] as [number, Record<string, string>?, string?][]),
      ...([[200, { etag: '"2"' }, "two"]] as [number, Record<string, string>?, string?][]),
      ...([[204, { etag: '"3"' }]] as [number, Record<string, string>?][]),
    );

    const remote = await edit(URL, (text) => `${text}!`, EVENT, context);

    expect(remote).toEqual({ externalId: URL, version: '"3"' });
    expect(requests.map(({ body }) => body)).toEqual([undefined, "one!", undefined, "two!"]);
    expect(requests[3]?.headers).toMatchObject({ "if-match": '"2"' });
  });

  it("what a server has moved is written where it is now", async () => {
    const there = "https://dav.example.com/books/a.vcf";
    const { context, requests } = serving(
      [301, { location: there }],
      [200, { etag: '"1"' }, "one"],
      [204, { etag: '"2"' }],
    );

    const remote = await edit(URL, (text) => `${text}!`, CARD, context);

    expect(remote).toEqual({ externalId: there, version: '"2"' });
    expect(requests.at(-1)).toMatchObject({ method: "PUT", url: there });
  });

  it("what needs no change is not written", async () => {
    const { context, requests } = serving([200, { etag: '"1"' }, "one"]);

    await edit(URL, () => undefined, EVENT, context);

    expect(requests).toHaveLength(1);
  });

  it("deleted in between, it is gone", async () => {
    const { context } = serving([200, {}, "one"], [412], [404]);

    expect(await edit(URL, (text) => text, EVENT, context)).toBe("gone");
  });

  it("what somebody makes at the same time is looked at again", async () => {
    const { context, requests } = serving([412]);

    expect(await errorOf(create(URL, "one", EVENT, context))).toBeInstanceOf(RetryableError);
    expect(requests[0]?.headers).toMatchObject({ "if-none-match": "*" });
  });
});
