/** Which addresses notifications may go to: public ones over https, so that no endpoint reaches into our own network. */
import { type LookupAddress, type LookupAllOptions, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { RemitError } from "../domain/errors.ts";

export interface AddressPolicy {
  /** Ports that may be called. */
  readonly ports: readonly number[];
  /** Only for the sandbox: `localhost` and loopback literals may be called, over http too and on any port. */
  readonly loopback: boolean;
}

export const PUBLIC_ONLY: AddressPolicy = { ports: [443, 8443], loopback: false };

const IPV6_GLOBAL = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an IP address (text, without brackets) is a public one. IPv4 inside IPv6 is judged as IPv4; tunnels and
 * translations (6to4, Teredo, NAT64) are refused, because they lead to addresses that nobody judged.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  return !(parsed instanceof ipaddr.IPv6) || parsed.match(IPV6_GLOBAL);
}

function isLoopbackAddress(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.process(address).range() === "loopback";
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** Whether the name itself says that this machine is meant. A name that merely resolves to it does not count. */
function isLoopbackName(hostname: string): boolean {
  return hostname === "localhost" || isLoopbackAddress(bare(hostname));
}

/** Whether a connection to `address` may be made for a URL that names `hostname`. */
export function mayConnect(hostname: string, address: string, policy: AddressPolicy): boolean {
  if (isPublicAddress(address)) return true;
  return policy.loopback && isLoopbackName(hostname) && isLoopbackAddress(address);
}

/** What forbids calling this URL, as a sentence; undefined when its form is fine. Names are judged when they resolve. */
export function urlProblem(text: string, policy: AddressPolicy): string | undefined {
  if (!URL.canParse(text)) return "an absolute URL";
  const { protocol, hostname, port, username, password } = new URL(text);
  const own = policy.loopback && isLoopbackName(hostname);
  if (protocol !== "https:" && !(own && protocol === "http:")) return "a URL that begins with https://";
  if (username !== "" || password !== "") return "a URL without user and password";
  const number = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  if (!own && !policy.ports.includes(number)) return `one of the ports ${policy.ports.join(", ")}`;
  if (isIP(bare(hostname)) !== 0 && !mayConnect(hostname, bare(hostname), policy)) return "a public address";
  return undefined;
}

export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for sockets that refuses a name when any of its addresses may not be called. The addresses that are judged
 * are the very ones the socket connects to, so a name cannot show one address to the check and another to the call.
 * Sockets do not call it for IP literals: whoever connects must judge those by `mayConnect`.
 */
export function guardedLookup(policy: AddressPolicy, resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true } as LookupAllOptions, (error, addresses) => {
      const first = addresses?.[0];
      if (error !== null || first === undefined) {
        callback(error ?? Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "");
      } else if (!addresses.every(({ address }) => mayConnect(hostname, address, policy))) {
        callback(forbidden(), "");
      } else if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

/** The refusal of an address. It does not name the address: the answer would map our network for whoever asks. */
export function forbidden(): RemitError {
  return new RemitError("ADDRESS_FORBIDDEN", { where: "url", found: "another address", expected: "a public address" });
}
