/** The connections over which notifications leave: kept open between deliveries, guarded by one address policy. */
import { isIP } from "node:net";
import { Agent, buildConnector, type Dispatcher } from "undici";
import {
  type AddressPolicy,
  forbidden,
  guardedLookup,
  mayConnect,
  type Resolve,
  urlProblem,
} from "./allowed-address.ts";

export interface DeliveryAgent {
  readonly dispatcher: Dispatcher;
  /** Where a URL leads, or undefined when its form is forbidden. Names are judged later, when they resolve. */
  targetOf(url: string): DeliveryTarget | undefined;
  /** Cuts what is under way: every attempt can be made again. */
  close(): Promise<void>;
}

export interface DeliveryTarget {
  readonly origin: string;
  /** With its query. */
  readonly path: string;
}

export interface DeliveryAgentOptions {
  readonly connectTimeoutMs?: number;
  /** Connections to one endpoint at a time. */
  readonly connectionsPerEndpoint?: number;
  /** How names resolve; the operating system's way unless given. */
  readonly resolve?: Resolve;
  /** Certificates (PEM) to trust in place of the usual authorities. */
  readonly trustedCertificates?: string;
}

/** Endpoints are few and called often: judging a URL costs more than signing a message. */
const REMEMBERED_URLS = 10_000;

export function createDeliveryAgent(policy: AddressPolicy, options: DeliveryAgentOptions = {}): DeliveryAgent {
  const targets = new Map<string, DeliveryTarget | undefined>();
  const dispatcher = new Agent({
    connections: options.connectionsPerEndpoint ?? 8,
    // Each attempt has its own deadline, exact to the millisecond.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: guardedConnector(policy, options),
  });
  return {
    dispatcher,
    targetOf(url) {
      if (!targets.has(url)) {
        if (targets.size >= REMEMBERED_URLS) targets.clear();
        targets.set(url, urlProblem(url, policy) === undefined ? parse(url) : undefined);
      }
      return targets.get(url);
    },
    close: () => dispatcher.destroy(),
  };
}

function parse(text: string): DeliveryTarget {
  const url = new URL(text);
  return { origin: url.origin, path: url.pathname + url.search };
}

/** Judges names through `lookup` and literals here, because sockets never look a literal up. */
function guardedConnector(policy: AddressPolicy, options: DeliveryAgentOptions): buildConnector.connector {
  const connect = buildConnector({
    lookup: guardedLookup(policy, options.resolve),
    timeout: options.connectTimeoutMs ?? 10_000,
    ...(options.trustedCertificates === undefined ? {} : { ca: options.trustedCertificates }),
  });
  return (target, callback) => {
    const hostname = target.hostname.replace(/^\[(.*)\]$/, "$1");
    if (isIP(hostname) !== 0 && !mayConnect(hostname, hostname, policy)) callback(forbidden(), null);
    else connect(target, callback);
  };
}
