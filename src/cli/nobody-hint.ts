import type { Settings } from "../settings/settings.ts";

/** What may be the matter when nobody is known by an address. */
export function nobodyHint({ isDefaultConfig }: Settings): string {
  return isDefaultConfig
    ? "There is no bellhop.yaml here: where Bellhop runs with one, do it there.\n"
    : "Whoever has booked under another address is found with it by\n" +
        '"bellhop list bookings --q NAME --json", from the beginning of the last name.\n';
}
