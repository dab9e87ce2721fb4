import type { Command } from "commander";

import { concerns } from "../dispatch/matches.ts";
import { findBooking } from "../queries/bookings.ts";
import type { LoadedInstance, Registry } from "../registry/registry.ts";
import type { Booking } from "../sdk/booking.ts";
import { connectionDefaults } from "../settings/settings.ts";
import { type OpenBellhop, withBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";
import { writeWhole } from "./write-whole.ts";

const DOCUMENT = "voucher";

/** `bellhop voucher <connection> <reference> --out FILE` */
export function addVoucherCommand(program: Command, shell: Shell): void {
  program
    .command("voucher")
    .argument("<connection>", "its name in the configuration")
    .argument("<reference>", "the booking's number in the booking system")
    .description("make the voucher of a booking as it is now")
    .requiredOption("--out <file>", "where to write it")
    .action((connection: string, reference: string, { out }: { out: string }) =>
      withBellhop(shell, async (bellhop) => {
        const booking = await bookingOf(bellhop, connection, reference);
        const content = await render(bellhop, booking);
        const file = writeWhole(out, content);
        const size = `${Math.ceil(content.length / 1024)} kB`;
        shell.write(`Written: ${file} (${size}; booking ${reference} is ${booking.status})\n`);
      }),
    );
}

async function bookingOf(
  { db, settings }: OpenBellhop,
  connection: string,
  reference: string,
): Promise<Booking> {
  const booking = await findBooking(db, connection, reference);
  if (booking) return booking;
  const known = Object.keys(settings.config.connections);
  if (!known.includes(connection)) {
    throw new Error(
      `there is no connection ${connection}: known are ${known.join(", ") || "none"}`,
    );
  }
  throw new Error(
    `Bellhop does not know booking ${reference} of ${connection}: ` +
      `"bellhop list bookings --connection ${connection}" shows those it knows`,
  );
}

async function render({ registry, settings, workshop }: OpenBellhop, booking: Booking) {
  const instance = instanceFor(registry, booking);
  const document = instance?.integration.documents?.find(({ id }) => id === DOCUMENT);
  if (!instance || !document) {
    throw new Error(
      `no integration makes vouchers for booking ${booking.reference} of ${booking.connection}: ` +
        "add voucher-mail under integrations in bellhop.yaml, or widen its `when`",
    );
  }
  return document.render(booking, {
    config: instance.settings,
    connection: connectionDefaults(settings, booking.connection),
    ...workshop,
  });
}

/** The first that makes vouchers and is meant for the booking. */
function instanceFor({ instances }: Registry, booking: Booking): LoadedInstance | undefined {
  return [...instances.values()].find(
    ({ integration, when }) =>
      concerns(when, booking) && integration.documents?.some(({ id }) => id === DOCUMENT),
  );
}
