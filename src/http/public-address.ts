import { BlockList, isIPv6 } from "node:net";

/** https://www.iana.org/assignments/iana-ipv4-special-registry, as far as it is not the internet. */
const NOT_PUBLIC_V4 = [
  ["0.0.0.0", 8], // this machine, whatever the rest says
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // behind a provider's address translation; some clouds' metadata
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local: most clouds hand out credentials at 169.254.169.254
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["168.63.129.16", 32], // looks public, and is the host of every virtual machine of Azure
] as const;

const NOT_PUBLIC_V6 = [
  ["::", 96], // unspecified, this machine, and IPv4 in an old notation
  ["::ffff:0:0:0", 96], // IPv4 as some translators write it
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23], // tunnels and other things that lead elsewhere than they say
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const;

/** IPv4 as a network without IPv4 writes it. `::ffff:a.b.c.d` a block list understands itself. */
const TRANSLATED = "64:ff9b::";

const notPublic = new BlockList();
for (const [network, bits] of NOT_PUBLIC_V6) notPublic.addSubnet(network, bits, "ipv6");
for (const [network, bits] of NOT_PUBLIC_V4) {
  notPublic.addSubnet(network, bits, "ipv4");
  notPublic.addSubnet(TRANSLATED + network, 96 + bits, "ipv6");
}

/** Whether an IP address is one of the internet: of no private network, no machine's own. */
export function isPublicAddress(address: string): boolean {
  return !notPublic.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
