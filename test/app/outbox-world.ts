/** A store with a marketplace that has endpoints, and a receiver of their notifications, for tests of the outbox. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Context } from "../../src/app/context.ts";
import { recordStatusChanges, type StatusChange } from "../../src/store/status-changes.ts";
import type { Store } from "../../src/store/store.ts";
import { testContext } from "../support/test-context.ts";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export interface Call {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly calls: Call[];
  /** What is answered; 204 unless set. */
  answer: (response: ServerResponse, call: Call) => unknown;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const calls: Call[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() };
      calls.push(call);
      receiver.answer(response, call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    calls,
    answer: (response) => response.writeHead(204).end(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

export interface Outbox {
  readonly store: Store;
  readonly context: Context;
  /** The instant at which the engine lives. */
  now: Date;
  /** Adds an endpoint of marketplace 1 and answers its id. */
  endpoint(ref: string, url: string, events?: readonly string[]): Promise<bigint>;
  changes(changes: readonly StatusChange[]): Promise<void>;
}

export async function openOutbox(): Promise<Outbox> {
  const context = await testContext({ allowLoopbackEndpoints: true });
  const { store, clock } = context;
  await plantMarketplace(store, 1n, "SHOPS");
  return {
    store,
    context,
    get now() {
      return clock();
    },
    set now(instant) {
      context.setClock(instant.toISOString());
    },
    endpoint: (ref, url, events = ["*"]) => addEndpoint(store, ref, url, events, clock()),
    changes: (changes) => store.write((tx) => recordStatusChanges(tx, 1n, changes, clock())),
  };
}

export async function plantMarketplace(store: Store, id: bigint, ref: string): Promise<void> {
  await store.write((tx) =>
    tx.db
      .insertInto("marketplaces")
      .values({
        id,
        ref,
        name: `Marketplace ${ref}`,
        currency: "EUR",
        zone: "Europe/Paris",
        debtor_name: ref,
        debtor_iban: "FR7630006000011234567890189",
        debtor_bic: null,
        bank: "sandbox",
        bank_profile: "sepa",
        gateway: "sandbox",
        integration_mode: "MULTI_CAPTURE",
        capture_policy: "{}",
        settlement_policy: "{}",
        fee_rules: "[]",
        blocked_reason: null,
        content_hash: ref,
        created_at: "2026-11-01T00:00:00.000Z",
      })
      .execute()
      .then(() => undefined),
  );
}

function addEndpoint(store: Store, ref: string, url: string, events: readonly string[], now: Date): Promise<bigint> {
  return store.write(async (tx) => {
    const id = await tx.reserveIds("endpoints", 1);
    await tx.db
      .insertInto("endpoints")
      .values({
        id,
        marketplace_id: 1n,
        ref,
        url,
        secrets: JSON.stringify([SECRET]),
        events: JSON.stringify(events),
        state: "ACTIVE",
        failing_since: null,
        content_hash: ref,
        created_at: now.toISOString(),
      })
      .execute();
    return id;
  });
}
