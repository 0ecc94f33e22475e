/** A marketplace's own system, played: it takes notifications, checks each as a careful receiver would, and keeps count. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** One notification that was accepted, a repeat left out. */
export interface Received {
  readonly id: string;
  /** `bazaar transfer T20261118-EUR-...`. */
  readonly object: string;
  readonly sequence: number;
  readonly status: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Receiver {
  readonly url: string;
  received(): readonly Received[];
  /** What was wrong with what came: a signature, a stale timestamp, a gap in the numbers of an object. Empty when all is well. */
  problems(): readonly string[];
  /** Answers the next calls with these statuses instead of 204. */
  failNext(...statuses: readonly number[]): void;
  stop(): Promise<void>;
}

export interface ReceiverOptions {
  /** `whsec_...`, as the endpoint was registered with. */
  readonly secret: string;
  readonly now: () => Date;
}

const TOLERANCE_MS = 300_000;
const LARGEST_BODY = 20_000;

/** Starts it on a free port of loopback. It shares no code with the sender, so that it can contradict him. */
export async function startReceiver({ secret, now }: ReceiverOptions): Promise<Receiver> {
  const received = new Map<string, Received>();
  const last = new Map<string, number>();
  const problems: string[] = [];
  const failures: number[] = [];
  const take = (id: string, body: string): void => {
    if (received.has(id)) return;
    const message = readMessage(id, body);
    const expected = (last.get(message.object) ?? 0) + 1;
    if (message.sequence !== expected) {
      problems.push(`${message.object}: number ${message.sequence} came, ${expected} was expected`);
    }
    last.set(message.object, message.sequence);
    received.set(id, message);
  };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const failure = failures.shift();
    const problem = failure === undefined ? signatureProblem(request, body, secret, now()) : undefined;
    if (problem !== undefined) problems.push(problem);
    if (failure === undefined && problem === undefined) take(String(request.headers["webhook-id"]), body);
    response.writeHead(failure ?? (problem === undefined ? 204 : 400)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/notifications`,
    received: () => [...received.values()],
    problems: () => [...problems],
    failNext: (...statuses) => void failures.push(...statuses),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body` with the key behind `whsec_`. */
function signatureProblem({ headers }: IncomingMessage, body: string, secret: string, now: Date): string | undefined {
  const id = String(headers["webhook-id"]);
  const seconds = Number(headers["webhook-timestamp"]);
  if (!(Math.abs(seconds * 1_000 - now.getTime()) <= TOLERANCE_MS)) return `${id}: the timestamp is not of now`;
  if (Buffer.byteLength(body) > LARGEST_BODY) return `${id}: the body is larger than ${LARGEST_BODY} bytes`;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const own = Buffer.from(`v1,${createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")}`);
  const given = String(headers["webhook-signature"])
    .split(" ")
    .map((part) => Buffer.from(part));
  const fits = given.some((one) => one.length === own.length && timingSafeEqual(one, own));
  return fits ? undefined : `${id}: no signature fits`;
}

function readMessage(id: string, text: string): Received {
  const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return {
    id,
    object: `${String(body.marketplace)} ${String(body.kind)} ${String(body.ref)}`,
    sequence: Number(body.sequence),
    status: String(body.status),
    body,
  };
}
