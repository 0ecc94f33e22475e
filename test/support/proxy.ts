/** A TCP proxy that fails on command: cuts after a number of bytes, goes silent, loses replies, delays. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** `fin` ends politely, `rst` resets, `black-hole` keeps the connection open and passes nothing any more. */
export type CutKind = "fin" | "rst" | "black-hole";

export type ProxyFault =
  | { readonly kind: "none" }
  /** Cut once this many bytes went to the server (`up`) or to the client (`down`), counted per connection. */
  | { readonly kind: "cut"; readonly how: CutKind; readonly direction: "up" | "down"; readonly afterBytes: number }
  /** The server gets what the client says; its next answer is thrown away and the connection is cut. */
  | { readonly kind: "drop-reply"; readonly how: CutKind }
  | { readonly kind: "delay"; readonly ms: number };

export interface TestProxy {
  readonly host: string;
  readonly port: number;
  /** May be set at any time; it applies to open and to new connections. */
  fault: ProxyFault;
  /** Connections taken so far. */
  readonly connections: number;
  /** Bytes passed on, over all connections. */
  readonly bytes: { readonly up: number; readonly down: number };
  stop(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly passed: { up: number; down: number };
  silent: boolean;
}

/** Starts a proxy on a free port of 127.0.0.1 in front of `target`. */
export async function startProxy(
  target: { readonly host: string; readonly port: number },
  fault: ProxyFault = { kind: "none" },
): Promise<TestProxy> {
  const pairs: Pair[] = [];
  const bytes = { up: 0, down: 0 };
  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const server = connect({ ...target, noDelay: true, allowHalfOpen: true });
    const pair: Pair = { client, server, passed: { up: 0, down: 0 }, silent: false };
    pairs.push(pair);
    const forward = (direction: "up" | "down") => (chunk: Buffer) => {
      bytes[direction] += pass(pair, proxy.fault, direction, chunk);
    };
    client.on("data", forward("up"));
    server.on("data", forward("down"));
    tieTogether(pair);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("the proxy got no port");
  const proxy: TestProxy = {
    host: "127.0.0.1",
    port: address.port,
    fault,
    bytes,
    get connections() {
      return pairs.length;
    },
    stop: async () => {
      listener.close();
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      if (listener.listening) await once(listener, "close");
    },
  };
  return proxy;
}

function tieTogether(pair: Pair): void {
  const ends = [
    [pair.client, pair.server],
    [pair.server, pair.client],
  ] as const;
  for (const [from, to] of ends) {
    from.on("end", () => {
      if (!pair.silent) to.end();
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      // A black hole hides the death of the server from the client, but not the client's from us.
      if (!pair.silent || from === pair.client) to.destroy();
    });
  }
}

/** Passes on what the fault lets through and returns how many bytes that was. */
function pass(pair: Pair, fault: ProxyFault, direction: "up" | "down", chunk: Buffer): number {
  if (pair.silent) return 0;
  const to = direction === "up" ? pair.server : pair.client;
  if (fault.kind === "drop-reply" && direction === "down") {
    cut(pair, fault.how);
    return 0;
  }
  if (fault.kind === "delay") {
    setTimeout(() => to.write(chunk), fault.ms);
    return chunk.length;
  }
  let part = chunk;
  if (fault.kind === "cut" && fault.direction === direction) {
    part = chunk.subarray(0, Math.max(0, fault.afterBytes - pair.passed[direction]));
  }
  pair.passed[direction] += part.length;
  if (part.length > 0) to.write(part);
  if (part.length < chunk.length && fault.kind === "cut") cut(pair, fault.how);
  return part.length;
}

function cut(pair: Pair, how: CutKind): void {
  pair.silent = true;
  if (how === "black-hole") return;
  for (const socket of [pair.client, pair.server]) {
    if (how === "rst") socket.resetAndDestroy();
    // What was passed on before still leaves; then both sides are told it is over.
    else socket.destroySoon();
  }
}
