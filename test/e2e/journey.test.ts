import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";
import { type App, callApi, startApp, untilSettled } from "../harness/app.ts";
import { eventually } from "../harness/eventually.ts";
import { type MailServer, outboxMails, startMailServer } from "../harness/mails.ts";
import { temporaryFolder } from "../harness/servers.ts";

const TOKEN = "journey-token-0123456789abcdef";

let app: App | undefined;
let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await app?.stop();
  app = undefined;
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

function planyo(name: string, parts: Readonly<Record<string, string>> = {}): string {
  const url = new URL(`../../integrations/planyo/fixtures/${name}.form`, import.meta.url);
  const fields = new URLSearchParams(readFileSync(url, "latin1"));
  for (const [field, value] of Object.entries(parts)) fields.set(field, value);
  return fields.toString();
}

async function post({ url }: App, body: string): Promise<void> {
  const answer = await fetch(`${url}/hooks/bikes/${TOKEN}`, { method: "POST", body });
  expect(answer.status).toBe(200);
}

async function jobsOf(running: App): Promise<{ state: string; reason: string | null }[]> {
  const { body } = await callApi(running, "/jobs");
  const { data } = body as { data: { state: string; reason: string | null }[] };
  return data.toReversed().map(({ state, reason }) => ({ state, reason }));
}

describe("a Planyo reservation", () => {
  const bikes = {
    source: "planyo",
    tokens: [TOKEN],
    name: "Cabanes",
    settings: { siteId: "77001" },
  };
  const config = {
    mail: { mode: "live" },
    connections: { bikes },
    integrations: { "voucher-mail": {} },
  };

  let server: MailServer;
  beforeEach(async () => {
    server = await startMailServer();
    closing.push(() => server.close());
    app = await startApp({
      config,
      env: { SMTP_URL: server.url, MAIL_FROM: "post@example.com" },
    });
  });

  const running = () => {
    if (!app) throw new Error("not started");
    return app;
  };

  it("that is confirmed ends as a PDF voucher in the guest's mailbox, once", async () => {
    await post(running(), planyo("01_new_verified_reservation"));
    await post(running(), planyo("02_reservation_confirmed"));
    await post(running(), planyo("02_reservation_confirmed"));
    await untilSettled(running());

    expect(server.mails).toHaveLength(1);
    const [mail] = server.mails;
    expect(mail?.to).toMatchObject({ text: "marta.nunez+bici@example.com" });
    expect(mail?.from).toMatchObject({
      text: expect.stringContaining("post@example.com") as string,
    });
    expect(mail?.attachments[0]).toMatchObject({
      contentType: "application/pdf",
      filename: "voucher-9000101.pdf",
    });
    expect(mail?.attachments[0]?.content.subarray(0, 5).toString()).toBe("%PDF-");
  });

  it("that is moved brings a changed voucher, one that is cancelled a notice, each once", async () => {
    for (const name of [
      "02_reservation_confirmed",
      "05_reservation_admin_modified",
      "05_reservation_admin_modified",
    ]) {
      await post(running(), planyo(name));
      await untilSettled(running());
    }
    await post(running(), planyo("04_reservation_user_canceled", { reservation: "9000101" }));
    await untilSettled(running());

    const effects = (await callApi(running(), "/effects")).body as { data: { key: string }[] };
    expect(effects.data.map(({ key }) => key).toReversed()).toEqual([
      "voucher:v1",
      "voucher:v2",
      "cancellation:1",
    ]);
    expect(server.mails).toHaveLength(3);
  });

  it("that is changed or cancelled says nothing to a guest without a voucher from us", async () => {
    await post(running(), planyo("05_reservation_admin_modified"));
    await post(running(), planyo("04_reservation_user_canceled"));
    await untilSettled(running());

    expect(server.mails).toEqual([]);
    expect((await jobsOf(running())).map(({ state }) => state)).toEqual(["skipped", "skipped"]);
  });

  it("that is confirmed quietly sends nothing to the guest", async () => {
    await post(running(), planyo("02_reservation_confirmed", { is_quiet: "1" }));
    await untilSettled(running());

    expect(server.mails).toEqual([]);
    expect((await jobsOf(running()))[0]?.reason).toContain("quiet");
  });

  it("without an e-mail address is reported, not lost", async () => {
    await post(running(), planyo("02_reservation_confirmed", { email: "" }));
    await untilSettled(running());

    expect(server.mails).toEqual([]);
    expect((await jobsOf(running()))[0]?.reason).toContain("no e-mail address");
  });

  it("whose job is replayed does nothing twice", async () => {
    await post(running(), planyo("02_reservation_confirmed"));
    await untilSettled(running());
    const jobs = (await callApi(running(), "/jobs")).body as { data: { id: string }[] };

    const answer = await callApi(running(), `/jobs/${jobs.data[0]?.id ?? ""}/replay`, { json: {} });
    await untilSettled(running());

    expect(answer.status).toBe(200);
    expect(server.mails).toHaveLength(1);
  });

  it("that a mail server refuses for now is tried again and mailed later", async () => {
    await server.close();
    await post(running(), planyo("02_reservation_confirmed"));
    await vi.waitFor(
      async () => {
        expect((await jobsOf(running()))[0]?.reason).toMatch(/ECONNREFUSED|refused/);
      },
      { timeout: 10_000 },
    );

    expect((await jobsOf(running()))[0]?.state).toBe("ready");
  });
});

it("in rehearsal every mail goes to the office, with the guest's address in the subject", async () => {
  const server = await startMailServer();
  closing.push(() => server.close());
  app = await startApp({
    config: {
      mail: { office: "office@example.com" },
      connections: { bikes: { source: "planyo", tokens: [TOKEN] } },
      integrations: { "voucher-mail": {} },
    },
    env: { SMTP_URL: server.url, MAIL_FROM: "post@example.com" },
  });

  await post(app, planyo("02_reservation_confirmed"));
  await untilSettled(app);

  expect(server.mails[0]?.to).toMatchObject({ text: "office@example.com" });
  expect(server.mails[0]?.subject).toContain("marta.nunez+bici@example.com");
});

it("without a mail server mails are files of the outbox", async () => {
  app = await startApp({
    config: {
      connections: { bikes: { source: "planyo", tokens: [TOKEN] } },
      integrations: { "voucher-mail": {} },
    },
  });

  await post(app, planyo("02_reservation_confirmed"));
  await untilSettled(app);

  const mails = await outboxMails(app.settings.dataFolder);
  expect(mails.map(({ attachments }) => attachments[0]?.filename)).toEqual(["voucher-9000101.pdf"]);
});

it("form items fill standard fields where the operator has mapped them", async () => {
  app = await startApp({
    config: {
      connections: {
        bikes: {
          source: "planyo",
          tokens: [TOKEN],
          map: {
            company: "custom.Company",
            notes: "custom.Comments",
            taxNumber: "custom.VAT_number",
          },
        },
      },
    },
  });

  await post(app, planyo("01_new_verified_reservation"));
  await untilSettled(app);

  expect((await callApi(app, "/bookings/bikes/9000101")).body).toMatchObject({
    company: "Núñez & Filles, S.L.",
    taxNumber: "ESB00000000",
    notes: 'Vindrem amb el gos "Nap" & dues bicis.\r\nGràcies!',
  });
});

it("card numbers that guests type are masked in the state and in the raw call", async () => {
  app = await startApp({
    config: { connections: { bikes: { source: "planyo", tokens: [TOKEN] } } },
  });

  await post(app, planyo("01_new_verified_reservation", { Comments: "card 4111 1111 1111 1111" }));
  await untilSettled(app);

  const booking = (await callApi(app, "/bookings/bikes/9000101")).body as {
    custom: Record<string, string>;
  };
  const row: unknown = await app.db.knex("deliveries").first("body");
  const { body } = row as { body: Buffer };
  expect(booking.custom["Comments"]).toBe("card XXXX XXXX XXXX 1111");
  expect(body.toString()).not.toMatch(/4111[+ ]?1111/);
  expect(body.toString()).toContain("reservation=9000101");
});

describe("a TourCMS booking", () => {
  const xml = (stem: string) =>
    readFileSync(
      new URL(`../../integrations/tourcms/fixtures/${stem}.xml`, import.meta.url),
      "utf8",
    );
  const query = (stem: string) =>
    readFileSync(
      new URL(`../../integrations/tourcms/fixtures/${stem}.query`, import.meta.url),
      "latin1",
    );

  let answer: () => { status: number; body: string };
  let api: VendorServer;
  beforeEach(async () => {
    api = await vendorServer(() => answer());
    closing.push(() => api.close());
  });

  const start = async () => {
    const channels = { "51234": { apiKey: "key-of-the-channel" } };
    app = await startApp({
      config: {
        mail: { mode: "live" },
        connections: {
          fjord: {
            source: "tourcms",
            tokens: [TOKEN],
            settings: { accountId: "90001", channels, apiBaseUrl: api.url },
          },
        },
        integrations: { "voucher-mail": {} },
      },
    });
    return app;
  };
  const call = async (running: App, stem: string) => {
    await fetch(`${running.url}/hooks/fjord/${TOKEN}?${query(stem)}`);
  };
  const delivery = async (running: App) => {
    const { body } = await callApi(running, "/deliveries?limit=1");
    return (body as { data: { state: string; reason: string | null }[] }).data[0];
  };
  /** The source's lists are read beside the calls, whenever it is time for that. */
  const fetches = () => api.requests.filter(({ url }) => url.startsWith("/c/booking/show.xml"));
  /** Time passes: what waits to be looked at again is due now. */
  const later = async (running: App) => {
    await running.db.knex("deliveries").where({ state: "waiting" }).update({ due_at: 0 });
  };

  it("that is confirmed is fetched and ends as a voucher", async () => {
    answer = () => ({ status: 200, body: xml("01_new_confirmed_web") });
    const running = await start();

    await call(running, "01_new_confirmed_web");
    await untilSettled(running);

    const [mail] = await outboxMails(running.settings.dataFolder);
    expect(mail?.to).toMatchObject({ text: "siobhan.oconnor+tours@example.com" });
    expect(mail?.attachments[0]?.filename).toBe("voucher-1201.pdf");
  });

  it("whose several calls wait is fetched once for all of them", async () => {
    answer = () => ({ status: 500, body: "" });
    const running = await start();
    for (const stem of ["13a_status_change_provisional", "13b_status_change_confirmed"]) {
      await call(running, stem);
    }
    await eventually(async () => {
      expect((await delivery(running))?.reason).toBeTruthy();
    });
    answer = () => ({ status: 200, body: xml("13b_status_change_confirmed") });
    const before = fetches().length;

    await later(running);
    await untilSettled(running);

    expect(fetches().length - before).toBe(1);
    const states: unknown = await running.db.knex("deliveries").orderBy("position").select("state");
    expect(states).toEqual([{ state: "duplicate" }, { state: "done" }]);
  });

  it("whose cancellation the API does not show yet waits for it, and says nothing before", async () => {
    answer = () => ({ status: 200, body: xml("01_new_confirmed_web").replaceAll("1201", "1207") });
    const running = await start();
    await call(running, "07_cancelled");
    await eventually(async () => {
      expect((await delivery(running))?.reason).toContain("does not show");
    });
    expect((await callApi(running, "/events")).body).toMatchObject({ data: [] });

    answer = () => ({ status: 200, body: xml("07_cancelled") });
    await later(running);
    await untilSettled(running);

    expect((await callApi(running, "/events")).body).toMatchObject({
      data: [{ type: "booking.cancelled" }],
    });
    expect(await outboxMails(running.settings.dataFolder)).toEqual([]);
  });

  it("without a key for its channel is held, and done once the key is there", async () => {
    answer = () => ({ status: 200, body: xml("01_new_confirmed_web") });
    const location = { sqliteFile: join(temporaryFolder(), "bellhop.sqlite") };
    const first = await startHeld(location);
    await call(first, "01_new_confirmed_web");
    await eventually(async () => {
      expect(await delivery(first)).toMatchObject({ state: "held" });
    });
    expect((await delivery(first))?.reason).toContain("51234");
    await first.stop();

    const second = await startHeld(location, "key-of-the-channel");
    app = second;

    await eventually(async () => {
      expect(await delivery(second)).toMatchObject({ state: "done" });
    });
  });

  async function startHeld(location: { sqliteFile: string }, apiKey?: string): Promise<App> {
    const channels = { "51234": apiKey === "" ? {} : { apiKey } };
    const settings = { accountId: "90001", channels, apiBaseUrl: api.url };
    return startApp({
      location,
      config: { connections: { fjord: { source: "tourcms", tokens: [TOKEN], settings } } },
    });
  }

  it("whose key is refused is held with the reason, and the API is left alone", async () => {
    answer = () => ({ status: 200, body: xml("api/error_fail_sig") });
    const running = await start();
    await untilSettled(running);
    const before = api.requests.length;

    for (const stem of ["01_new_confirmed_web", "03_new_provisional_web", "07_cancelled"]) {
      await call(running, stem);
    }
    await eventually(async () => {
      expect(await running.db.knex("deliveries").where({ state: "held" })).toHaveLength(3);
    });

    expect((await delivery(running))?.reason).toContain("FAIL_SIG");
    expect(api.requests.length - before).toBeLessThanOrEqual(3);
  });

  it("that the API does not know is looked for once more, then fails visibly", async () => {
    answer = () => ({ status: 200, body: xml("api/error_no_matching_data") });
    const running = await start();
    await call(running, "01_new_confirmed_web");
    await eventually(async () => {
      expect((await delivery(running))?.reason).toContain("knows no booking 1201");
    });
    expect(await delivery(running)).toMatchObject({ state: "waiting" });

    await later(running);
    await untilSettled(running);

    expect(await delivery(running)).toMatchObject({ state: "failed" });
  });

  it.each([
    ["a page of HTML", "awkward/html_instead_of_xml.txt"],
    ["half an answer", "awkward/truncated.xml"],
  ])("for which the API answers %s is tried again", async (_, file) => {
    const body = readFileSync(
      new URL(`../../integrations/tourcms/fixtures/${file}`, import.meta.url),
      "utf8",
    );
    answer = () => ({ status: 200, body });
    const running = await start();
    await call(running, "01_new_confirmed_web");
    await eventually(async () => {
      expect((await delivery(running))?.reason).toBeTruthy();
    });
    expect(await delivery(running)).toMatchObject({ state: "waiting" });

    answer = () => ({ status: 200, body: xml("01_new_confirmed_web") });
    await later(running);
    await untilSettled(running);

    expect(await delivery(running)).toMatchObject({ state: "done" });
  });

  it("whose answer carries a document type is refused", async () => {
    answer = () => ({ status: 200, body: xml("awkward/doctype_entity_attack") });
    const running = await start();

    await call(running, "01_new_confirmed_web");
    await untilSettled(running);

    expect(await delivery(running)).toMatchObject({ state: "failed" });
  });
});
