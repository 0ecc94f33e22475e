/** What must hold whenever the day is over: the engine's own books, and what bank, gateway and receiver can swear to. */
import { checkBooks } from "../app/verify-books.ts";
import { isSubscribed, type ObjectKind } from "../store/status-changes.ts";
import type { Queries } from "../store/store.ts";
import type { World } from "./world.ts";

/** Every fault as a sentence; empty when all is well. */
export async function faultsOf(world: World, db: Queries): Promise<readonly string[]> {
  const { breaches } = await checkBooks(db);
  return [
    ...breaches.map(({ code, where, found, expected }) => `${code} at ${where}: ${found}, not ${expected}`),
    ...(await faultsAtBank(world, db)),
    ...(await faultsAtGateway(world, db)),
    ...(await faultsInTelling(world, db)),
  ];
}

/** What we say of a transfer, and what the bank may say of it at the same time. */
const AGREES: Readonly<Record<string, readonly string[]>> = {
  SENT: ["pending", "not paid", "paid", "returned"],
  ACCEPTED: ["pending", "paid", "returned"],
  EXECUTED: ["paid", "returned"],
  RETURNED: ["returned"],
  REJECTED: ["not paid"],
};

/** No EndToEndId is paid twice, and none is lost: what left the engine is at the bank with its amount and its account. */
async function faultsAtBank({ bank: { brain } }: World, db: Queries): Promise<readonly string[]> {
  const paid = new Map(brain.paid().map((one) => [one.endToEndId, one]));
  const pending = new Set(brain.pending().map(({ endToEndId }) => endToEndId));
  const sent = await db
    .selectFrom("transfers")
    .innerJoin("transfer_files", "transfer_files.id", "transfers.file_id")
    .select(["transfers.end_to_end_id as id", "transfers.amount", "transfers.creditor_iban", "transfers.state"])
    .where("transfer_files.sent_at", "is not", null)
    .execute();
  const faults = sent.flatMap(({ id, amount, creditor_iban, state }) => {
    const payment = paid.get(id);
    const bank =
      payment === undefined ? (pending.has(id) ? "pending" : "not paid") : payment.returnedOn ? "returned" : "paid";
    const same = payment === undefined || (payment.amountMinor === amount && payment.creditorIban === creditor_iban);
    return [
      ...(same ? [] : [`transfer ${id} was paid with another amount or to another account`]),
      ...(AGREES[state]?.includes(bank) === true ? [] : [`transfer ${id} is ${state}, and at the bank ${bank}`]),
    ];
  });
  const ours = new Set(sent.map(({ id }) => id));
  return [
    ...faults,
    ...brain.doublePaid().map(({ endToEndId, times }) => `the bank was told ${times} times to pay ${endToEndId}`),
    ...[...paid.keys()].filter((id) => !ours.has(id)).map((id) => `the bank paid ${id}, which we never sent`),
  ];
}

/** What we count as captured or refunded is what the gateway performed, each once and with the same amount. */
async function faultsAtGateway({ gateway }: World, db: Queries): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("operations")
    .innerJoin("transactions", "transactions.id", "operations.transaction_id")
    .select(["operations.ref", "operations.amount"])
    .where("operations.state", "=", "SUCCEEDED")
    .where("operations.kind", "in", ["CAPTURE", "REFUND"])
    // Operations that were done elsewhere are imported with no reference of this gateway.
    .where("operations.gateway_ref", "is not", null)
    .execute();
  const ours = new Map(rows.map(({ ref, amount }) => [ref, amount]));
  const theirs = new Map([
    ...gateway.captures().map(({ reference, amountMinor }) => [reference, amountMinor] as const),
    ...gateway.refunds().map(({ reference, amount }) => [reference, BigInt(amount)] as const),
  ]);
  return [
    ...[...ours].filter(([ref, amount]) => theirs.get(ref) !== amount).map(([ref]) => `${ref} differs at the gateway`),
    ...[...theirs.keys()].filter((ref) => !ours.has(ref)).map((ref) => `the gateway did ${ref}, and we do not know it`),
    ...gateway.doubleCaptures().map(([first]) => `the gateway captured twice for ${first?.reference}`),
  ];
}

/** Every change that an endpoint subscribes to reached it once, in order; nothing waits. */
async function faultsInTelling({ receiver }: World, db: Queries): Promise<readonly string[]> {
  const endpoints = await db.selectFrom("endpoints").selectAll().execute();
  const changes = await db
    .selectFrom("status_changes")
    .innerJoin("marketplaces", "marketplaces.id", "status_changes.marketplace_id")
    .select(["marketplace_id", "marketplaces.ref as marketplace", "object_kind", "object_ref", "sequence", "status"])
    .execute();
  const expected = new Set(
    endpoints.flatMap((endpoint) =>
      changes
        .filter(({ marketplace_id }) => marketplace_id === endpoint.marketplace_id)
        .filter(({ object_kind }) => isSubscribed(endpoint, object_kind as ObjectKind))
        .map((row) => `${row.marketplace} ${row.object_kind} ${row.object_ref} ${row.sequence} ${row.status}`),
    ),
  );
  const told = new Set(receiver.received().map(({ object, sequence, status }) => `${object} ${sequence} ${status}`));
  return [
    ...receiver.problems(),
    ...[...expected].filter((change) => !told.has(change)).map((change) => `nobody was told: ${change}`),
    ...[...told].filter((change) => !expected.has(change)).map((change) => `told without a change: ${change}`),
  ];
}
