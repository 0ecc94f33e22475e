/** Decides whether a capture, cancellation or refund is possible on its transaction as it stands, and for how much. */
import { givesBack } from "../../domain/operation-effect.ts";
import { capturable, TRANSACTION_LIFECYCLE } from "../../domain/transaction.ts";
import type { Checked } from "./check-record.ts";
import type { OperationRecord } from "./records.ts";
import { type Asked, sellerSumsOf, type WorkingTransaction } from "./working-orders.ts";

type CheckedOperation = Checked<OperationRecord>;

/** The amount of the operation in minor units; undefined when it is refused, with the finding at its place. */
export function checkOperation(
  checked: CheckedOperation,
  transaction: WorkingTransaction,
  sellerId: bigint | null,
  now: Date,
): bigint | undefined {
  const { record, place } = checked;
  if (!applies(checked, transaction, now)) return undefined;
  if (sellerId !== null && transaction.sellerId !== null && sellerId !== transaction.sellerId) {
    place.fault("FIELD_INVALID", "seller", record.seller ?? "", "the seller of the transaction, or none");
    return undefined;
  }
  const open = openOf(record.type, transaction);
  const amount = record.amount ?? open;
  if (amount > open || amount === 0n) {
    place.fault("AMOUNT_EXCEEDED", "amount", String(amount), `at most ${open}, what is open on ${transaction.ref}`);
    return undefined;
  }
  if (record.type === "cancellation") return amount;
  if (sellerId !== null) checkSellersPart(checked, transaction, sellerId, amount);
  else if (transaction.sellerId === null && amount !== open && sellerSumsOf(transaction.order).size > 1) {
    // Seed 001: each capture or refund operation must indicate the concerned submerchant.
    place.fault("SELLER_NEEDED", "seller", "nothing", "the seller whose items it is for, or all that is open");
  }
  return place.isFaulty ? undefined : amount;
}

const EVENTS = { capture: "capture", cancellation: "cancel" } as const;

/** The state allows it and, for a capture, the authorisation still lives at the time of the capture. */
function applies({ record, place }: CheckedOperation, transaction: WorkingTransaction, now: Date): boolean {
  const { detailedStatus, expiresAt } = transaction;
  if (record.type === "refund" || record.type === "chargeback") {
    if (transaction.captured > 0n) return true;
    place.fault("TRANSITION_REFUSED", "transaction", detailedStatus, "a transaction of which something is captured");
    return false;
  }
  if (!(EVENTS[record.type] in TRANSACTION_LIFECYCLE[detailedStatus])) {
    const first = detailedStatus === "AUTHORISED_TO_VALIDATE" ? ": it has to be validated first" : "";
    place.fault("TRANSITION_REFUSED", "transaction", `${record.type} in ${detailedStatus}`, `another state${first}`);
    return false;
  }
  if (record.type === "capture" && expiresAt !== null && expiresAt <= (record.doneAt ?? now.toISOString())) {
    place.fault("AUTHORISATION_EXPIRED", "transaction", `expired at ${expiresAt}`, "a capture before it expires");
    return false;
  }
  return true;
}

/** What nobody has asked for yet: of a transaction without authorisation, all of it can be cancelled. */
function openOf(type: OperationRecord["type"], transaction: WorkingTransaction): bigint {
  const asked = transaction.asked ?? [];
  if (type === "refund" || type === "chargeback") {
    // The bank takes its money back whatever was asked for: a refund under way may then fail, and is not counted.
    const counts = (one: Asked) => type === "refund" && one.kind === "REFUND" && one.underWay;
    return transaction.captured - transaction.refunded - sumOf(asked, counts);
  }
  const total = transaction.authorised === 0n ? transaction.amount : capturable(transaction);
  return total - sumOf(asked, (one) => !givesBack(one.kind) && one.underWay);
}

function sumOf(asked: readonly Asked[], counts: (one: Asked) => boolean): bigint {
  let sum = 0n;
  for (const one of asked) if (counts(one)) sum += one.amount;
  return sum;
}

/** An operation for one seller is within his items; a refund within what was captured of them. */
function checkSellersPart(
  { record, place }: CheckedOperation,
  transaction: WorkingTransaction,
  sellerId: bigint,
  amount: bigint,
): void {
  const items = sellerSumsOf(transaction.order).get(sellerId);
  if (items === undefined) {
    place.fault("NOT_FOUND", "seller", record.seller ?? "", `a seller with items in order ${transaction.order.ref}`);
    return;
  }
  const asked = transaction.order.transactions.flatMap((one) => one.asked ?? []);
  const own = (kind: Asked["kind"]) => sumOf(asked, (one) => one.kind === kind && one.sellerId === sellerId);
  const open =
    record.type === "capture"
      ? items - own("CAPTURE")
      : refundable(asked, sellerId, items) - own("REFUND") - own("CHARGEBACK");
  if (amount > open) {
    const expected = `at most ${open < 0n ? 0n : open}, what is open of the seller's items`;
    place.fault("AMOUNT_EXCEEDED", "amount", String(amount), expected);
  }
}

/** Captured for the seller himself or for the whole order; never more than his items. */
function refundable(asked: readonly Asked[], sellerId: bigint, items: bigint): bigint {
  const captured = sumOf(
    asked,
    (one) => one.kind === "CAPTURE" && !one.underWay && (one.sellerId === sellerId || one.sellerId === null),
  );
  return captured < items ? captured : items;
}
