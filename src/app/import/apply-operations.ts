/** Takes validations, captures, cancellations and refunds into the batch, in the order of the file. */
import type { OperationKind } from "../../domain/operation-effect.ts";
import { onceAuthorised, operationHashesByRef } from "../../store/import-lookups.ts";
import { applyValidation } from "./apply-validation.ts";
import { checkOperation } from "./check-operation.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import { learnSellers, sellerIdOf } from "./known-marketplaces.ts";
import { loadAsked, loadOrdersOfTransactions, loadSellerSums } from "./load-orders.ts";
import type { MarketplaceBatch } from "./marketplace-batch.ts";
import type { OperationRecord, ValidationRecord } from "./records.ts";
import { sortOut } from "./sort-out.ts";
import { takeOperation } from "./take-operation.ts";
import type { WorkingOrder, WorkingTransaction } from "./working-orders.ts";

const KINDS: Readonly<Record<OperationRecord["type"], OperationKind>> = {
  capture: "CAPTURE",
  cancellation: "CANCELLATION",
  refund: "REFUND",
  chargeback: "CHARGEBACK",
};

type CheckedOperation = Checked<OperationRecord>;
type CheckedValidation = Checked<ValidationRecord>;

export async function applyOperations(
  run: ImportRun,
  batch: MarketplaceBatch,
  operations: readonly CheckedOperation[],
  validations: readonly CheckedValidation[],
): Promise<void> {
  const fresh = await freshOperations(run, batch, operations);
  const all = [...fresh, ...validations].sort((a, b) => a.position - b.position);
  if (all.length === 0) return;
  const { db } = run.tx;
  await loadOrdersOfTransactions(
    db,
    batch,
    all.map(({ record }) => record.transaction),
  );
  const sellers = new Set<string>();
  const orders = new Set<WorkingOrder>();
  for (const { record } of fresh) {
    if (record.seller !== undefined) sellers.add(record.seller);
    const order = batch.transactions.get(record.transaction)?.order;
    if (order !== undefined) orders.add(order);
  }
  await learnSellers(run, batch.marketplace, sellers);
  await loadSellerSums(db, orders);
  await loadAsked(db, orders);
  const validated = await onceAuthorised(
    db,
    batch.marketplace.row.id,
    validations.map(({ record }) => record.transaction),
  );
  const known = new Set(validated.map(({ object_ref }) => object_ref));
  for (const checked of all) applyOne(run, batch, checked, known);
}

async function freshOperations(
  run: ImportRun,
  batch: MarketplaceBatch,
  operations: readonly CheckedOperation[],
): Promise<CheckedOperation[]> {
  const fresh: CheckedOperation[] = [];
  for (const [type, kind] of Object.entries(KINDS)) {
    const ofKind = operations.filter(({ record }) => record.type === type);
    if (ofKind.length === 0) continue;
    const refs = [...new Set(ofKind.map(({ record }) => record.id))];
    const stored = await operationHashesByRef(run.tx.db, batch.marketplace.row.id, kind, refs);
    const hashes = new Map(stored.map(({ ref, content_hash }) => [ref, content_hash]));
    for (const operation of batch.operations) if (operation.kind === kind) hashes.set(operation.ref, operation.hash);
    fresh.push(...sortOut(run, ofKind, hashes));
  }
  return fresh;
}

function applyOne(
  run: ImportRun,
  batch: MarketplaceBatch,
  checked: CheckedOperation | CheckedValidation,
  validated: ReadonlySet<string>,
): void {
  const { record } = checked;
  const transaction = transactionOf(run, batch, checked);
  if (transaction === undefined) return;
  if (record.type === "validation") {
    applyValidation(run, batch, { ...checked, record }, transaction, validated);
    return;
  }
  const sellerId =
    record.seller === undefined ? null : sellerIdOf(run, batch.marketplace, checked, record.seller, "seller");
  if (sellerId === undefined) return;
  const amount = checkOperation({ ...checked, record }, transaction, sellerId, run.now);
  if (amount === undefined || checked.place.isFaulty) return;
  const operation = {
    kind: KINDS[record.type],
    ref: record.id,
    transaction,
    sellerId: sellerId ?? transaction.sellerId,
    amount,
    fee: record.fee ?? null,
    charge: record.type === "chargeback" ? (record.charge ?? batch.marketplace.chargebackCharge) : null,
    reason: record.reason ?? null,
    doneAt: record.doneAt ?? null,
    hash: checked.hash,
  };
  takeOperation(run, batch, operation);
}

function transactionOf(
  run: ImportRun,
  batch: MarketplaceBatch,
  checked: CheckedOperation | CheckedValidation,
): WorkingTransaction | undefined {
  const { transaction: ref, marketplace } = checked.record;
  const transaction = batch.transactions.get(ref);
  if (transaction !== undefined && transaction.position <= checked.position) return transaction;
  run.notFound(checked, "transaction", { type: "transaction", marketplace, ref });
  return undefined;
}
