/** Takes new transactions into the batch, with the checks that need their order, seller and token. */
import { authorisationDeadlines } from "../../domain/authorisation-deadlines.ts";
import { DETAILED_STATUS, type DetailedStatus } from "../../domain/transaction.ts";
import { hashesByRef, operationHashesByRef, tokensByRef } from "../../store/import-lookups.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import { learnSellers, sellerIdOf } from "./known-marketplaces.ts";
import { loadOrders, loadSellerSums } from "./load-orders.ts";
import type { MarketplaceBatch } from "./marketplace-batch.ts";
import type { TransactionRecord } from "./records.ts";
import { sortOut } from "./sort-out.ts";
import { sellerSumsOf, type WorkingOrder, type WorkingTransaction } from "./working-orders.ts";

type CheckedTransaction = Checked<TransactionRecord>;

export async function applyTransactions(
  run: ImportRun,
  batch: MarketplaceBatch,
  all: readonly CheckedTransaction[],
): Promise<void> {
  if (all.length === 0) return;
  const { db } = run.tx;
  const marketplaceId = batch.marketplace.row.id;
  const refs = [...new Set(all.map(({ record }) => record.id))];
  const known = await hashesByRef(db, "transactions", marketplaceId, refs);
  const fresh = sortOut(run, all, new Map(known.map(({ ref, content_hash }) => [ref, content_hash])));
  if (fresh.length === 0) return;
  const orderRefs: string[] = [];
  const captured: string[] = [];
  for (const { record } of fresh) {
    orderRefs.push(record.order);
    if (record.status === "CAPTURED") captured.push(record.id);
  }
  await loadOrders(db, batch, orderRefs);
  await loadNamed(run, batch, fresh);
  const taken = new Set((await operationHashesByRef(db, marketplaceId, "CAPTURE", captured)).map(({ ref }) => ref));
  let nextId = await run.tx.reserveIds("transactions", fresh.length);
  for (const checked of fresh) {
    const transaction = check(run, batch, checked, nextId);
    nextId += 1n;
    if (transaction !== undefined && taken.has(transaction.ref)) {
      checked.place.fault("DUPLICATE_DIFFERS", "id", transaction.ref, "an id that no capture has");
    }
    if (transaction === undefined || checked.place.isFaulty) run.giveUp(checked.record);
    else add(batch, checked, transaction);
  }
}

/** Sellers, their sums and tokens, where transactions name them. */
async function loadNamed(run: ImportRun, batch: MarketplaceBatch, fresh: readonly CheckedTransaction[]): Promise<void> {
  const sellers = new Set<string>();
  const tokens = new Set<string>();
  const orders: WorkingOrder[] = [];
  for (const { record } of fresh) {
    if (record.token !== undefined && !batch.tokens.has(record.token)) tokens.add(record.token);
    if (record.seller === undefined) continue;
    sellers.add(record.seller);
    const order = batch.orders.get(record.order);
    if (order !== undefined) orders.push(order);
  }
  await learnSellers(run, batch.marketplace, sellers);
  await loadSellerSums(run.tx.db, orders);
  for (const { id, ref } of await tokensByRef(run.tx.db, batch.marketplace.row.id, [...tokens])) {
    batch.tokens.set(ref, { id, position: -1 });
  }
}

function check(
  run: ImportRun,
  batch: MarketplaceBatch,
  checked: CheckedTransaction,
  id: bigint,
): WorkingTransaction | undefined {
  const { record, place } = checked;
  const marketplace = batch.marketplace.row.ref;
  const order = batch.orders.get(record.order);
  if (order === undefined || order.position > checked.position) {
    run.notFound(checked, "order", { type: "order", marketplace, ref: record.order });
    return undefined;
  }
  if (record.currency !== undefined && record.currency !== order.currency) {
    place.fault("CURRENCY_DIFFERS", "currency", record.currency, `${order.currency}, as the order`);
  }
  const sellerId = sellerOf(run, batch, checked);
  const token = record.token === undefined ? undefined : batch.tokens.get(record.token);
  if (record.token !== undefined && (token === undefined || token.position > checked.position)) {
    run.notFound(checked, "token", { type: "token", marketplace, ref: record.token });
  }
  checkRoom(checked, order, sellerId);
  return place.isFaulty
    ? undefined
    : workingTransaction(batch, checked, { id, order, sellerId, tokenId: token?.id ?? null });
}

/** Seed 001, "Suffixed ORDERID": in multi-authorisation each transaction is one seller's, and its id says whose. */
function sellerOf(run: ImportRun, { marketplace }: MarketplaceBatch, checked: CheckedTransaction): bigint | null {
  const { record, place } = checked;
  const split = marketplace.row.integration_mode === "MULTI_AUTHORISATION";
  if (record.seller === undefined) {
    if (split)
      place.fault("SELLER_NEEDED", "seller", "nothing", "the one seller of the transaction: MULTI_AUTHORISATION");
    return null;
  }
  if (!split) {
    const mode = marketplace.row.integration_mode;
    place.fault("FIELD_INVALID", "seller", record.seller, `no seller: a transaction of ${mode} is for the whole order`);
    return null;
  }
  const suffixed = `${record.order}_${record.seller}`;
  if (record.id !== suffixed)
    place.fault("ID_INVALID", "id", record.id, `${suffixed}, the order's id and the seller's`);
  return sellerIdOf(run, marketplace, checked, record.seller, "seller") ?? null;
}

/** Statuses under which an amount is neither captured nor going to be: they take no room in the order. */
function takesRoom(detailedStatus: DetailedStatus): boolean {
  const { status } = DETAILED_STATUS[detailedStatus];
  if (detailedStatus === "ACCEPTED" || detailedStatus === "PRE_AUTHORISED") return false;
  return status === "PAID" || status === "RUNNING";
}

/** More than the order (or the seller's part of it) could never be booked on its items. */
function checkRoom({ record, place }: CheckedTransaction, order: WorkingOrder, sellerId: bigint | null): void {
  if (place.isFaulty || !takesRoom(record.status)) return;
  let room = sellerId === null ? order.amount : (sellerSumsOf(order).get(sellerId) ?? 0n);
  for (const other of order.transactions) {
    if (other.sellerId === sellerId && takesRoom(other.detailedStatus)) room -= other.amount - other.cancelled;
  }
  if (record.amount <= room) return;
  const whose = sellerId === null ? "the order" : "the seller's items";
  place.fault(
    "AMOUNT_EXCEEDED",
    "amount",
    String(record.amount),
    `at most ${room < 0n ? 0n : room}, what is open of ${whose}`,
  );
}

interface Resolved {
  readonly id: bigint;
  readonly order: WorkingOrder;
  readonly sellerId: bigint | null;
  readonly tokenId: bigint | null;
}

const AUTHORISED_STATUSES: ReadonlySet<DetailedStatus> = new Set([
  "AUTHORISED",
  "AUTHORISED_TO_VALIDATE",
  "CAPTURED",
  "CAPTURE_FAILED",
  "PRE_AUTHORISED",
]);

function workingTransaction(
  { marketplace }: MarketplaceBatch,
  checked: CheckedTransaction,
  { id, order, sellerId, tokenId }: Resolved,
): WorkingTransaction {
  const { record, position } = checked;
  const { authorisedAt, status, amount } = record;
  const wasAuthorised = AUTHORISED_STATUSES.has(status) || authorisedAt !== undefined;
  // An authorisation that is over has no deadline to keep; one that lives has those of the policy where none are given.
  const lives = authorisedAt !== undefined && !DETAILED_STATUS[status].final;
  const byPolicy = lives ? authorisationDeadlines(authorisedAt, marketplace.capturePolicy) : undefined;
  return {
    id,
    ref: record.id,
    position,
    order,
    sellerId,
    currency: order.currency,
    amount,
    expiresAt: record.expiresAt ?? byPolicy?.expiresAt ?? null,
    created: { checked, tokenId, honourUntil: honourUntilOf(record, byPolicy) },
    before: undefined,
    authorised: wasAuthorised ? amount : 0n,
    captured: status === "CAPTURED" ? amount : 0n,
    cancelled: status === "CANCELLED" && wasAuthorised ? amount : 0n,
    refunded: 0n,
    detailedStatus: status,
    capturedAt: record.capturedAt ?? null,
    asked: undefined,
    touched: true,
  };
}

/** Never after the end: a given `expiresAt` may be earlier than what the policy says of honouring. */
function honourUntilOf(
  { honourUntil, expiresAt }: TransactionRecord,
  byPolicy: { readonly honourUntil: string } | undefined,
): string | null {
  const until = honourUntil ?? byPolicy?.honourUntil ?? expiresAt ?? null;
  return until !== null && expiresAt !== undefined && until > expiresAt ? expiresAt : until;
}

/** A transaction that was captured elsewhere brings its capture with it. */
function add(batch: MarketplaceBatch, { record, hash }: CheckedTransaction, transaction: WorkingTransaction): void {
  batch.addTransaction(transaction);
  transaction.order.touched = true;
  if (record.status !== "CAPTURED") return;
  const { ref, amount, sellerId, capturedAt } = transaction;
  batch.operations.push({
    kind: "CAPTURE",
    ref,
    transaction,
    sellerId,
    amount,
    fee: null,
    charge: null,
    reason: null,
    doneAt: capturedAt,
    hash,
  });
  transaction.asked = [{ kind: "CAPTURE", sellerId, amount, underWay: false }];
}
