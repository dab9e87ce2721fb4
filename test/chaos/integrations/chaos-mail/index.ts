import { z } from "zod";

import { defineIntegration, type Handler } from "bellhop/sdk";

const Config = z.strictObject({});

type Config = z.output<typeof Config>;

const confirm: Handler<Config> = {
  id: "confirm",
  kind: "message",
  on: ["booking.confirmed"],
  whenUnsure: "resend",
  async handle(event, { effect, mail }) {
    const letter = { subject: `Booking ${event.booking.reference}`, text: "It is confirmed." };
    await effect(`mail:${event.ordinal}`, {
      find: (key) => mail.find(key),
      // To the office: a flood of mails to guests is something that Bellhop itself may stop.
      perform: (key) => mail.sendToOffice(letter, key),
    });
    return { done: "mail sent" };
  },
};

/** A target that cannot be asked: a mail server takes what it is given. */
export default defineIntegration({
  manifest: { id: "chaos-mail", name: "Chaos: mail" },
  config: Config,
  handlers: [confirm],
});
