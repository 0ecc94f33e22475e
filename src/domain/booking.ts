/** Turns a capture or refund into what is owed: one line per item it touches, with the operator's fee on it. */
import { allocate } from "./allocation.ts";
import { type FeeRule, feeOf, ruleFor, shareOfPiece } from "./fees.ts";
import { splitByWeights } from "./money.ts";

/** An item as booking sees it: amounts in minor units, with what happened to it before. */
export interface BookedItem {
  readonly id: bigint;
  readonly orderId: bigint;
  readonly sellerId: bigint;
  readonly seller: string;
  readonly category?: string;
  readonly amount: bigint;
  readonly commission?: bigint;
  readonly heldReason?: string;
  /** Gross captured so far, and the fee taken on it. */
  readonly captured: bigint;
  readonly feeTaken: bigint;
  /** Gross refunded so far. */
  readonly refunded: bigint;
}

export interface Operation {
  readonly id: bigint;
  readonly ref: string;
  readonly kind: "CAPTURE" | "REFUND";
  readonly amount: bigint;
  /** Only this seller's items; absent for all items of the order. */
  readonly sellerId?: bigint;
  /** A fee given with the operation: it stands before commissions and rules. */
  readonly fee?: bigint;
}

/** gross and fee carry the sign of the operation: positive for a sale, negative for a refund; net = gross - fee. */
export interface PayableLine {
  readonly item: BookedItem;
  readonly gross: bigint;
  readonly fee: bigint;
}

/** Lines of one operation on `items` (all of its order, in cart order). INPUT_INVALID when the items cannot take the amount. */
export function bookOperation(
  operation: Operation,
  items: readonly BookedItem[],
  rules: readonly FeeRule[],
): readonly PayableLine[] {
  const own = items.filter((item) => operation.sellerId === undefined || item.sellerId === operation.sellerId);
  const parts = allocate(
    own.map((item) => ({ id: item.id, open: openOf(operation.kind, item) })),
    operation.amount,
    `${operation.kind.toLowerCase()} ${operation.ref}`,
  );
  const byId = new Map(own.map((item) => [item.id, item]));
  const given =
    operation.fee === undefined
      ? undefined
      : splitByWeights(
          operation.fee,
          parts.map((part) => part.amount),
        );
  return parts.flatMap(({ id, amount }, index) => {
    const item = byId.get(id);
    if (item === undefined) return [];
    const fee = given?.[index] ?? feeOfPart(operation.kind, item, amount, rules);
    return [operation.kind === "CAPTURE" ? { item, gross: amount, fee } : { item, gross: -amount, fee: -fee }];
  });
}

function openOf(kind: Operation["kind"], item: BookedItem): bigint {
  return kind === "CAPTURE" ? item.amount - item.captured : item.captured - item.refunded;
}

function feeOfPart(kind: Operation["kind"], item: BookedItem, part: bigint, rules: readonly FeeRule[]): bigint {
  const rule = ruleFor(item, rules);
  if (kind === "CAPTURE") return shareOfPiece(feeOf(item, rule), item.amount, item.captured, part);
  if (rule?.refund === "NONE") return 0n;
  return shareOfPiece(item.feeTaken, item.captured, item.refunded, part);
}

/** The item after a line was booked on it: what the next operation on the same order starts from. */
export function afterLine({ item, gross, fee }: PayableLine): BookedItem {
  return gross >= 0n
    ? { ...item, captured: item.captured + gross, feeTaken: item.feeTaken + fee }
    : { ...item, refunded: item.refunded - gross };
}
