/**
 * Resellers' domains that pass messages on: an address there is a booking's and ends with it, so it
 * is nobody's contact. Subdomains are meant as well.
 */
const RELAY_DOMAINS: readonly string[] = [
  "guest.booking.com",
  "expediapartnercentral.com",
  "guest.airbnb.com",
  "reply.airbnb.com",
  "messages.homeaway.com",
  "messages.vrbo.com",
  "tripadvisor.com",
  "viator.com",
  "reply.getyourguide.com",
  "agoda-messaging.com",
  "guest.trip.com",
];

/** Local parts at which nobody reads. */
const NOBODY = /^(no-?reply|do-?not-?reply|none|noemail|no-email)$/;

/** @param address In lower case. @param more Domains that the operator knows besides. */
export function isRelayAddress(address: string, more: readonly string[] = []): boolean {
  const [local = "", domain = ""] = address.split("@");
  const relays = [...RELAY_DOMAINS, ...more.map((name) => name.trim().toLowerCase())];
  return (
    NOBODY.test(local) || relays.some((relay) => domain === relay || domain.endsWith(`.${relay}`))
  );
}
