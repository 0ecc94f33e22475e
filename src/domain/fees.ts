/** What the operator keeps of a sale, its VAT included, and what he gives back of it when the sale is refunded. */
import { basisPointsOf } from "./money.ts";

/** What a refund gives back of the fee: its share, nothing, or the fee before anything else. */
export const FEE_REFUNDS = ["PROPORTIONAL", "NONE", "FULL"] as const;
export type FeeRefund = (typeof FEE_REFUNDS)[number];

/** From a volume of `from` on, these rates stand instead of the rule's own. */
export interface FeeTier {
  readonly from: bigint;
  readonly basisPoints: bigint;
  readonly fixed: bigint;
}

export interface FeeRule {
  /** Which sales the rule is for; absent means any. */
  readonly seller?: string;
  readonly category?: string;
  readonly paymentMethod?: string;
  /** The currency of the rule's amounts, and the only one it is for. A rule without amounts needs none. */
  readonly currency?: string;
  /** Business dates, both included. */
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly basisPoints: bigint;
  readonly fixed: bigint;
  /** Ascending by `from`: the last one that the seller's volume of the month has reached is the sale's. */
  readonly tiers?: readonly FeeTier[];
  readonly minimum?: bigint;
  readonly maximum?: bigint;
  /** VAT that comes on top of the fee, in basis points. */
  readonly vatBasisPoints?: bigint;
  readonly refund: FeeRefund;
}

export interface Sale {
  readonly seller: string;
  readonly category?: string;
  readonly paymentMethod?: string;
  readonly currency: string;
  /** Business date of the capture. */
  readonly date: string;
  /** Minor units. */
  readonly amount: bigint;
  /** A commission given with the item, VAT included: it stands before every rule. */
  readonly commission?: bigint;
  /** What was captured for the seller before this sale in its calendar month, gross, in its currency. */
  readonly volumeBefore: bigint;
}

/** How specific a rule is: its seller before its category before its payment method. */
function rankOf(rule: FeeRule): number {
  return (
    (rule.seller === undefined ? 0 : 4) +
    (rule.category === undefined ? 0 : 2) +
    (rule.paymentMethod === undefined ? 0 : 1)
  );
}

/** Whether the rule names an amount of money, which has a currency. */
export function namesAmounts({ fixed, tiers, minimum, maximum }: Omit<FeeRule, "refund" | "basisPoints">): boolean {
  return fixed > 0n || tiers !== undefined || minimum !== undefined || maximum !== undefined;
}

export type RuleOf = (sale: Omit<Sale, "amount" | "commission" | "volumeBefore">) => FeeRule | undefined;

/**
 * Looks rules up by sale: the most specific one that is valid on its date and in its currency; ties: the first. A rule
 * that names amounts without a currency is for `home`, the marketplace's: a fixed fee of 25 cents is not 25 yen.
 */
export function feeSchedule(rules: readonly FeeRule[], home: string): RuleOf {
  const bySeller = new Map<string, FeeRule[]>();
  for (const rule of rules) {
    const currency = rule.currency ?? (namesAmounts(rule) ? home : undefined);
    const own = bySeller.get(rule.seller ?? "");
    const entry = currency === undefined ? rule : { ...rule, currency };
    if (own === undefined) bySeller.set(rule.seller ?? "", [entry]);
    else own.push(entry);
  }
  return (sale) => bestOf(bySeller.get(sale.seller), sale) ?? bestOf(bySeller.get(""), sale);
}

function bestOf(rules: readonly FeeRule[] | undefined, sale: Parameters<RuleOf>[0]): FeeRule | undefined {
  let best: FeeRule | undefined;
  for (const rule of rules ?? []) {
    if (applies(rule, sale) && (best === undefined || rankOf(rule) > rankOf(best))) best = rule;
  }
  return best;
}

function applies(rule: FeeRule, sale: Parameters<RuleOf>[0]): boolean {
  return (
    (rule.category === undefined || rule.category === sale.category) &&
    (rule.paymentMethod === undefined || rule.paymentMethod === sale.paymentMethod) &&
    (rule.currency === undefined || rule.currency === sale.currency) &&
    (rule.validFrom === undefined || rule.validFrom <= sale.date) &&
    (rule.validUntil === undefined || sale.date <= rule.validUntil)
  );
}

/**
 * What the operator keeps of a whole sale: the commission if one is given, else percent + fixed (of the tier that the
 * volume has reached) between minimum and maximum, plus VAT; never above the sale.
 */
export function feeOf(sale: Sale, rule: FeeRule | undefined): bigint {
  const fee = sale.commission ?? (rule === undefined ? 0n : withVat(feeByRule(sale, rule), rule));
  return fee > sale.amount ? sale.amount : fee;
}

function feeByRule({ amount, volumeBefore }: Sale, rule: FeeRule): bigint {
  const rates = rule.tiers?.findLast(({ from }) => from <= volumeBefore) ?? rule;
  const fee = basisPointsOf(amount, rates.basisPoints) + rates.fixed;
  if (rule.minimum !== undefined && fee < rule.minimum) return rule.minimum;
  return rule.maximum !== undefined && fee > rule.maximum ? rule.maximum : fee;
}

function withVat(fee: bigint, { vatBasisPoints = 0n }: FeeRule): bigint {
  return fee + basisPointsOf(fee, vatBasisPoints);
}

/**
 * The VAT inside a fee that includes it, half up. Of fee + VAT it is the VAT again; of any other amount, such as a given
 * commission or a fee cut to its sale, the part that the rate makes of it.
 */
export function vatWithin(fee: bigint, rule: Pick<FeeRule, "vatBasisPoints"> | undefined): bigint {
  const rate = rule?.vatBasisPoints ?? 0n;
  return (fee * rate * 2n + 10_000n + rate) / ((10_000n + rate) * 2n);
}

export interface FeeStanding {
  /** Gross captured and given back so far, and the fee taken and given back so far. */
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly feeTaken: bigint;
  readonly feeReturned: bigint;
}

/** What a refund of `part` gives back of the fee: never more than what is left of it, nor than the refund itself. */
export function feeGivenBack(standing: FeeStanding, part: bigint, policy: FeeRefund): bigint {
  const { captured, refunded, feeTaken, feeReturned } = standing;
  const left = feeTaken - feeReturned;
  const wanted = policy === "NONE" ? 0n : policy === "FULL" ? left : shareOfPiece(feeTaken, captured, refunded, part);
  return [left, part].reduce((least, limit) => (limit < least ? limit : least), wanted);
}

/**
 * The part of `whole` that falls to the piece [from, from + piece) of `total`, by running totals: the parts of consecutive
 * pieces always sum to the part of their union, so nothing is lost or invented however often a sale is captured or refunded.
 */
export function shareOfPiece(whole: bigint, total: bigint, from: bigint, piece: bigint): bigint {
  if (total === 0n) return 0n;
  const upTo = (point: bigint): bigint => (whole * point * 2n + total) / (total * 2n);
  return upTo(from + piece) - upTo(from);
}
