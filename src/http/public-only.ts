import { lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

import { ConfigurationError } from "../sdk/errors.ts";
import { isPublicAddress } from "./public-address.ts";

/**
 * Looks names up for a connection that must not lead into a private network. What is checked here is
 * what is connected to: a name that is looked up twice may have another address the second time.
 */
export const publicLookup = publicLookupBy(lookup);

/** @param resolve Finds all addresses of a name. */
export function publicLookupBy(resolve: typeof lookup): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
      } else if (!addresses.every(({ address }) => isPublicAddress(address))) {
        callback(refusalOf(host), []);
      } else if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
      }
    });
  };
}

/**
 * An address that is written as such is never looked up.
 *
 * @throws ConfigurationError when it is not public.
 */
export function refusePrivateAddress(url: URL): void {
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw refusalOf(host);
}

/** Name or address, as connections want it: IPv6 without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

function refusalOf(host: string): ConfigurationError {
  return new ConfigurationError(`${host} is in a private network: nothing is sent there`);
}
