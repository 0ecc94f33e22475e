/** What must hold after every story: the engine's own books, and what the bank, the gateway and the receiver can swear to. */
import { expect } from "vitest";
import { checkBooks } from "../../src/app/verify-books.ts";
import type { World } from "../../src/demo/world.ts";
import { isSubscribed, type ObjectKind } from "../../src/store/status-changes.ts";
import type { Queries } from "../../src/store/store.ts";

/** All of it; each fault is named. */
export async function assertBooks(world: World, db: Queries): Promise<void> {
  const { breaches, proofs } = await checkBooks(db);
  expect(breaches).toEqual([]);
  expect(proofs.map(({ proof }) => proof.difference)).toEqual(proofs.map(() => 0n));
  expect(world.gateway.doubleCaptures()).toEqual([]);
  await assertBank(world, db);
  await assertGateway(world, db);
  await assertNotifications(world, db);
}

/** No EndToEndId is paid twice, none is lost: whatever left the engine is at the bank, with its amount and account. */
async function assertBank({ bank: { brain } }: World, db: Queries): Promise<void> {
  expect(brain.doublePaid()).toEqual([]);
  const sent = await db
    .selectFrom("transfers")
    .innerJoin("transfer_files", "transfer_files.id", "transfers.file_id")
    .select(["transfers.end_to_end_id", "transfers.amount", "transfers.creditor_iban", "transfers.state"])
    .where("transfer_files.state", "not in", [
      "AWAITING_APPROVAL",
      "APPROVED",
      "REFUSED",
      "CANCELLED",
      "UPLOADING",
      "UPLOADED",
    ])
    .execute();
  const paid = new Map(brain.paid().map((one) => [one.endToEndId, one]));
  const pending = new Set(brain.pending().map(({ endToEndId }) => endToEndId));
  const told = sent.map(({ end_to_end_id, amount, creditor_iban, state }) => {
    const at = paid.get(end_to_end_id);
    const bank =
      at === undefined
        ? pending.has(end_to_end_id)
          ? "PENDING"
          : "NOT_PAID"
        : at.returnedOn === undefined
          ? "PAID"
          : "RETURNED";
    const same = at === undefined || (at.amountMinor === amount && at.creditorIban === creditor_iban);
    return { end_to_end_id, same, agrees: AGREE[state]?.includes(bank) ?? false, state, bank };
  });
  expect(told.filter(({ same, agrees }) => !same || !agrees)).toEqual([]);
  const ours = new Set(sent.map(({ end_to_end_id }) => end_to_end_id));
  expect([...paid.keys()].filter((id) => !ours.has(id))).toEqual([]);
}

/** What we say of a transfer, and what the bank may say of it meanwhile. */
const AGREE: Readonly<Record<string, readonly string[]>> = {
  SENT: ["PENDING", "NOT_PAID", "PAID", "RETURNED"],
  ACCEPTED: ["PENDING", "PAID", "RETURNED"],
  EXECUTED: ["PAID", "RETURNED"],
  RETURNED: ["RETURNED"],
  REJECTED: ["NOT_PAID"],
};

/** Every capture and refund that we count as done was performed by the gateway, once and with the same amount. */
async function assertGateway({ gateway }: World, db: Queries): Promise<void> {
  const rows = await db
    .selectFrom("operations")
    .select(["ref", "kind", "amount", "gateway_ref"])
    .where("state", "=", "SUCCEEDED")
    .where("gateway_ref", "is not", null)
    .where("kind", "in", ["CAPTURE", "REFUND"])
    .execute();
  const ours = rows
    .filter(({ gateway_ref }) => gateway_ref?.startsWith("op-"))
    .map(({ ref, amount }) => `${ref} ${amount}`)
    .sort();
  const theirs = [
    ...gateway.captures().map(({ reference, amountMinor }) => `${reference} ${amountMinor}`),
    ...gateway.refunds().map(({ reference, amount }) => `${reference} ${amount}`),
  ].sort();
  expect(ours).toEqual(theirs);
}

/** Every change that an endpoint subscribes to reached it exactly once; nothing waits. */
async function assertNotifications({ receiver }: World, db: Queries): Promise<void> {
  expect(receiver.problems()).toEqual([]);
  const states = await db.selectFrom("notifications").select("state").distinct().execute();
  expect(states.map(({ state }) => state)).toEqual(["DELIVERED"]);
  const endpoints = await db.selectFrom("endpoints").selectAll().execute();
  const changes = await db
    .selectFrom("status_changes")
    .innerJoin("marketplaces", "marketplaces.id", "status_changes.marketplace_id")
    .select(["marketplace_id", "marketplaces.ref as marketplace", "object_kind", "object_ref", "sequence", "status"])
    .execute();
  const expected = endpoints.flatMap((endpoint) =>
    changes
      .filter(({ marketplace_id }) => marketplace_id === endpoint.marketplace_id)
      .filter(({ object_kind }) => isSubscribed(endpoint, object_kind as ObjectKind))
      .map(
        (change) =>
          `${change.marketplace} ${change.object_kind} ${change.object_ref} ${change.sequence} ${change.status}`,
      ),
  );
  const got = receiver.received().map(({ object, sequence, status }) => `${object} ${sequence} ${status}`);
  expect([...got].sort()).toEqual(expected.sort());
}
