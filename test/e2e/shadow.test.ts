import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterEach, expect, it } from "vitest";

import { type App, callApi, startApp, untilSettled } from "../harness/app.ts";
import { command } from "../cli/command.ts";
import { type MailServer, outboxMails, startMailServer } from "../harness/mails.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { startMessage } from "../../src/cli/start-message.ts";
import { parseRoles } from "../../src/roles.ts";

const TOKEN = "shadow-token-0123456789abcdef";

let app: App | undefined;
let server: MailServer | undefined;
afterEach(async () => {
  await app?.stop();
  await server?.close();
  app = server = undefined;
});

/** Bellhop on one data folder, started anew with another mode of the connection or the instance. */
function installation(smtpUrl?: string) {
  const sqliteFile = join(temporaryFolder(), "bellhop.sqlite");
  const config = (connection: string, instance: string) => ({
    mail: { mode: "live" },
    connections: { bikes: { source: "planyo", tokens: [TOKEN], mode: connection } },
    integrations: { "voucher-mail": { mode: instance } },
  });
  return {
    dataFolder: dirname(sqliteFile),
    async start(connection: string, instance = "live"): Promise<App> {
      await app?.stop();
      app = await startApp({
        config: config(connection, instance),
        env: { MAIL_FROM: "post@example.com", ...(smtpUrl !== undefined && { SMTP_URL: smtpUrl }) },
        location: { sqliteFile },
      });
      return app;
    },
  };
}

async function tell(to: App, name: string, reservation: string): Promise<void> {
  const url = new URL(`../../integrations/planyo/fixtures/${name}.form`, import.meta.url);
  const fields = new URLSearchParams(readFileSync(url, "latin1"));
  fields.set("reservation", reservation);
  const body = fields.toString();
  const { status } = await fetch(`${to.url}/hooks/bikes/${TOKEN}`, { method: "POST", body });
  expect(status).toBe(200);
  await untilSettled(to);
}

async function effectsOf(running: App) {
  const { body } = await callApi(running, "/effects");
  const { data } = body as { data: { subject: string; progress: string; summary: string }[] };
  return data.map(({ subject, progress, summary }) => `${subject} ${progress}: ${summary}`);
}

function outboxOf(dataFolder: string): string[] {
  const outbox = join(dataFolder, "outbox");
  return existsSync(outbox) ? readdirSync(outbox) : [];
}

it("in shadow a voucher is said, not sent; once live only news reaches guests", async () => {
  server = await startMailServer();
  const house = installation(server.url);
  const shadow = await house.start("shadow");
  await tell(shadow, "02_reservation_confirmed", "9000101");
  await tell(shadow, "02_reservation_confirmed", "9000102");
  const said = await effectsOf(shadow);
  const mailsInShadow = server.mails.length;

  const live = await house.start("live");
  await untilSettled(live);
  const mailsAtStart = server.mails.length;
  await tell(live, "02_reservation_confirmed", "9000103");
  await tell(live, "04_reservation_user_canceled", "9000101");

  expect(said).toEqual([
    "9000102 would do: would mail voucher 1 to the guest",
    "9000101 would do: would mail voucher 1 to the guest",
  ]);
  expect([mailsInShadow, mailsAtStart]).toEqual([0, 0]);
  expect((await effectsOf(live)).slice(0, 2)).toEqual([
    "9000101 handed over: Cancellation 1 mailed to the guest",
    "9000103 handed over: Voucher 1 mailed to the guest",
  ]);
  expect(server.mails).toHaveLength(2);
});

it("a reservation changed in shadow brings the second voucher, one that stays the same none", async () => {
  const house = installation();
  const shadow = await house.start("shadow");
  await tell(shadow, "02_reservation_confirmed", "9000101");
  await tell(shadow, "05_reservation_admin_modified", "9000101");
  await tell(shadow, "05_reservation_admin_modified", "9000101");

  expect(await effectsOf(shadow)).toEqual([
    "9000101 would do: would mail voucher 2 to the guest",
    "9000101 would do: would mail voucher 1 to the guest",
  ]);
  expect(outboxOf(house.dataFolder)).toEqual([]);
});

it("a job of the time in shadow that is run again by a person still reaches nobody", async () => {
  const house = installation();
  const shadow = await house.start("shadow");
  await tell(shadow, "02_reservation_confirmed", "9000101");
  const live = await house.start("live");
  const { body } = await callApi(live, "/jobs");
  const { data } = body as { data: { id: string }[] };

  await callApi(live, `/jobs/${data[0]?.id ?? ""}/replay`, { json: {} });
  await untilSettled(live);

  expect(await outboxMails(house.dataFolder)).toEqual([]);
});

it("an instance in shadow is as silent as a connection, and says so wherever one looks", async () => {
  const house = installation();
  const shadow = await house.start("live", "shadow");
  await tell(shadow, "02_reservation_confirmed", "9000101");

  const { body } = await callApi(shadow, "/status");
  const listed = await command({ env: shadow.env }, "list", "effects");
  const checked = await command({ env: shadow.env }, "check");
  const told = startMessage(shadow.settings, parseRoles("all"), 8080, false);

  expect(outboxOf(house.dataFolder)).toEqual([]);
  expect(body).toMatchObject({
    connections: [{ id: "bikes", mode: "live" }],
    handlers: [{ id: "voucher-mail/send-voucher", mode: "shadow" }],
  });
  expect(listed.out).toMatch(/would do +would mail voucher/);
  expect(checked.out).toMatch(/integrations\.voucher-mail: .*; in shadow: nothing leaves/);
  expect(checked.out).not.toMatch(/connections\.bikes: .*shadow/);
  expect(told).toContain("In shadow, nothing leaves: integrations.voucher-mail");
});
