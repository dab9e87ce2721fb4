import { readFileSync } from "node:fs";

const BYTES = 1_500;

/** A real form body of Planyo, 1.5 kB, with a place for the number of the reservation. */
export function planyoBody(): string {
  const sample = new URL(
    "../../../integrations/planyo/fixtures/01_new_verified_reservation.form",
    import.meta.url,
  );
  const body = readFileSync(sample, "latin1").replace(/reservation=\d+/, "reservation=0000000000");
  return `${body}&Remarks=${"Please+call+before+arrival.+".repeat(60)}`.slice(0, BYTES);
}

/** The same reservation, confirmed: what makes a voucher. */
export function confirmedBody(reservation: number): string {
  return planyoBody()
    .replace("new_verified_reservation", "reservation_confirmed")
    .replace("reservation=0000000000", `reservation=${reservation}`)
    .replace("&status=3", "&status=7")
    .replace(/&start=\d+&end=\d+/, "&start=1893495600&end=1893582000");
}
