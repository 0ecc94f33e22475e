/** Turns a capture, refund or chargeback into what is owed: one line per item it touches, with the operator's fee on it. */
import { allocate } from "./allocation.ts";
import { type FeeRefund, feeGivenBack, feeOf, type RuleOf, shareOfPiece, vatWithin } from "./fees.ts";
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
  /** Gross captured so far, the fee taken on it, and the VAT inside that fee. */
  readonly captured: bigint;
  readonly feeTaken: bigint;
  readonly vatTaken: bigint;
  /** Gross refunded or charged back so far, and the fee given back with it. */
  readonly refunded: bigint;
  readonly feeReturned: bigint;
}

export interface Operation {
  readonly id: bigint;
  readonly ref: string;
  readonly kind: "CAPTURE" | "REFUND" | "CHARGEBACK";
  readonly amount: bigint;
  readonly currency: string;
  readonly businessDate: string;
  /** How the buyer paid, where the marketplace says it. */
  readonly paymentMethod?: string;
  /** Only this seller's items; absent for all items of the order. */
  readonly sellerId?: bigint;
  /** A fee given with the operation: it stands before commissions and rules. */
  readonly fee?: bigint;
}

/** How fees are found: the rule of a sale, the volume of its seller before it, and what a chargeback gives back. */
export interface Pricing {
  readonly ruleOf: RuleOf;
  readonly volumeBefore: (sellerId: bigint) => bigint;
  readonly chargebackFee?: FeeRefund;
}

/** gross and fee carry the sign of the operation: positive for a sale, negative for a refund; net = gross - fee. */
export interface PayableLine {
  readonly item: BookedItem;
  readonly gross: bigint;
  readonly fee: bigint;
  /** The part of `fee` that is VAT, with its sign. */
  readonly vat: bigint;
}

/** Lines of one operation on `items` (all of its order, in cart order). INPUT_INVALID when the items cannot take the amount. */
export function bookOperation(
  operation: Operation,
  items: readonly BookedItem[],
  pricing: Pricing,
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
    const part = { operation, item, amount, given: given?.[index] };
    return [operation.kind === "CAPTURE" ? captureLine(part, pricing) : refundLine(part, pricing)];
  });
}

function openOf(kind: Operation["kind"], item: BookedItem): bigint {
  return kind === "CAPTURE" ? item.amount - item.captured : item.captured - item.refunded;
}

interface Part {
  readonly operation: Operation;
  readonly item: BookedItem;
  readonly amount: bigint;
  readonly given: bigint | undefined;
}

/** The VAT of all fees on an item is always that of their sum, however many captures it came in. */
function captureLine({ operation, item, amount, given }: Part, { ruleOf, volumeBefore }: Pricing): PayableLine {
  const sale = { ...saleOf(operation, item), amount: item.amount };
  const rule = ruleOf(sale);
  const fee =
    given ??
    shareOfPiece(
      feeOf({ ...sale, volumeBefore: volumeBefore(item.sellerId) }, rule),
      item.amount,
      item.captured,
      amount,
    );
  const vat = vatWithin(item.feeTaken + fee, rule) - vatWithin(item.feeTaken, rule);
  return { item, gross: amount, fee, vat };
}

/** The rule in force on the day of the refund says what is given back; VAT goes back as it was taken. */
function refundLine({ operation, item, amount, given }: Part, { ruleOf, chargebackFee }: Pricing): PayableLine {
  const policy =
    (operation.kind === "CHARGEBACK" ? chargebackFee : undefined) ??
    ruleOf(saleOf(operation, item))?.refund ??
    "PROPORTIONAL";
  const left = item.feeTaken - item.feeReturned;
  const fee = given === undefined ? feeGivenBack(item, amount, policy) : given < left ? given : left;
  const vat = shareOfPiece(item.vatTaken, item.feeTaken, item.feeReturned, fee);
  return { item, gross: -amount, fee: -fee, vat: -vat };
}

function saleOf(operation: Operation, { seller, category, commission }: BookedItem) {
  return {
    seller,
    currency: operation.currency,
    date: operation.businessDate,
    ...(category === undefined ? {} : { category }),
    ...(commission === undefined ? {} : { commission }),
    ...(operation.paymentMethod === undefined ? {} : { paymentMethod: operation.paymentMethod }),
  };
}

/** The item after a line was booked on it: what the next operation on the same order starts from. */
export function afterLine({ item, gross, fee, vat }: PayableLine): BookedItem {
  return gross >= 0n
    ? { ...item, captured: item.captured + gross, feeTaken: item.feeTaken + fee, vatTaken: item.vatTaken + vat }
    : { ...item, refunded: item.refunded - gross, feeReturned: item.feeReturned - fee };
}
