import { type App, type AppOptions, startApp, untilSettled } from "../harness/app.ts";

export const HOOK_TOKEN = "hook-token-of-the-tests-0123456789";

const DAY_SECONDS = 24 * 60 * 60;

/** A rental shop on Planyo without an API key: each notification is the state. */
export const BIKES = {
  mail: { mode: "live" },
  connections: {
    bikes: {
      source: "planyo",
      tokens: [HOOK_TOKEN],
      name: "Bikes Example",
      since: "2026-01-01",
      settings: { timeZone: "Europe/Madrid" },
    },
  },
  integrations: { "voucher-mail": {} },
};

/** A running shop; mails go to files. */
export function startBikes(options: AppOptions = {}): Promise<App> {
  return startApp({ config: BIKES, env: { MAIL_FROM: "post@bikes.example" }, ...options });
}

/** What Planyo writes about a reservation next month. */
export function reservation(
  event: string,
  reference: string,
  parts: Readonly<Record<string, string>> = {},
): URLSearchParams {
  const now = Math.floor(Date.now() / 1000);
  return new URLSearchParams({
    notification_type: event,
    reservation: reference,
    resource: "3101",
    resource_name: "Cabin",
    calendar: "77001",
    start: String(now + 30 * DAY_SECONDS),
    end: String(now + 32 * DAY_SECONDS),
    creation_date: String(now),
    status: event === "new_verified_reservation" ? "3" : "7",
    currency: "EUR",
    price_quoted: "240.00",
    amount_paid: "0.00",
    email: "Ana@Example.com",
    first_name: "Ana",
    last_name: "Núñez",
    country: "ES",
    form_items: "Comments",
    Comments: "con perro",
    ...parts,
  });
}

export async function notify(app: Pick<App, "url">, body: URLSearchParams | string) {
  const response = await fetch(`${app.url}/hooks/bikes/${HOOK_TOKEN}`, {
    method: "POST",
    body,
    headers: { authorization: "Basic c2VjcmV0", "x-original-url": `/hooks/bikes/${HOOK_TOKEN}` },
  });
  if (response.status !== 200) throw new Error(`the hook answered ${response.status}`);
}

/** A reservation that was requested, then confirmed, and all that follows done. */
export async function confirmedReservation(app: App, reference = "9000101"): Promise<void> {
  const creation = { creation_date: String(Math.floor(Date.now() / 1000)) };
  await notify(app, reservation("new_verified_reservation", reference, creation));
  await notify(app, reservation("reservation_confirmed", reference, creation));
  await untilSettled(app);
}
