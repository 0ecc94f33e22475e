/** Which addresses the engine may connect to. */
import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { RemitError } from "../domain/errors.ts";

/**
 * Looks a host up and returns its addresses, all of which are inside `networks` (CIDR, e.g. `203.0.113.0/24`); no networks
 * given allows every address. The caller connects to a returned address and not to the name, so that a second answer of the
 * name server cannot lead elsewhere, and so that addresses written as numbers pass through here too.
 * @throws ADDRESS_FORBIDDEN when one address is outside; BANK_UNREACHABLE when the name has none; CONFIG_INVALID
 */
export async function allowedAddresses(host: string, networks: readonly string[] = []): Promise<readonly string[]> {
  const ranges = networks.map(parseNetwork);
  const addresses = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new RemitError("BANK_UNREACHABLE", { where: host, found: "no address for this name", cause });
  });
  for (const { address } of addresses) {
    if (ranges.length > 0 && !ranges.some((range) => contains(range, address))) {
      throw new RemitError("ADDRESS_FORBIDDEN", {
        where: host,
        found: address,
        expected: `one of ${networks.join(", ")}`,
      });
    }
  }
  return addresses.map(({ address }) => address);
}

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

function parseNetwork(text: string): Network {
  try {
    return ipaddr.parseCIDR(text);
  } catch (cause) {
    throw new RemitError("CONFIG_INVALID", {
      where: "allowedNetworks",
      found: text,
      expected: "a network as 203.0.113.0/24",
      cause,
    });
  }
}

function contains(network: Network, text: string): boolean {
  // `process` turns ::ffff:a.b.c.d into a.b.c.d, which is where such a connection really goes.
  const address = ipaddr.process(text);
  const [base, bits] = network;
  if (address.kind() !== base.kind()) return false;
  return address instanceof ipaddr.IPv4 && base instanceof ipaddr.IPv4
    ? address.match(base, bits)
    : (address as ipaddr.IPv6).match(base as ipaddr.IPv6, bits);
}
