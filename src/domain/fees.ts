/** What the operator keeps of a sale, and what he gives back of it when the sale is refunded. */
import { basisPointsOf } from "./money.ts";

export interface FeeRule {
  /** Which sales the rule is for; absent means any. */
  readonly seller?: string;
  readonly category?: string;
  readonly basisPoints: bigint;
  readonly fixed: bigint;
  readonly minimum?: bigint;
  readonly maximum?: bigint;
  /** Whether a refund gives the fee back in proportion, or not at all. */
  readonly refund: "PROPORTIONAL" | "NONE";
}

export interface Sale {
  readonly seller: string;
  readonly category?: string;
  /** Minor units. */
  readonly amount: bigint;
  /** A commission given with the item: it stands before every rule. */
  readonly commission?: bigint;
}

/** The most specific rule for a sale: seller and category, then seller, then category, then the general one; ties: the first. */
export function ruleFor(sale: Pick<Sale, "seller" | "category">, rules: readonly FeeRule[]): FeeRule | undefined {
  const applies = (rule: FeeRule): boolean =>
    (rule.seller === undefined || rule.seller === sale.seller) &&
    (rule.category === undefined || rule.category === sale.category);
  const rank = (rule: FeeRule): number => (rule.seller === undefined ? 0 : 2) + (rule.category === undefined ? 0 : 1);
  let best: FeeRule | undefined;
  for (const rule of rules) {
    if (applies(rule) && (best === undefined || rank(rule) > rank(best))) best = rule;
  }
  return best;
}

/** The fee on a whole sale: commission if given, else percent + fixed between minimum and maximum; never above the sale. */
export function feeOf(sale: Sale, rule: FeeRule | undefined): bigint {
  const fee = sale.commission ?? (rule === undefined ? 0n : feeByRule(sale.amount, rule));
  return fee > sale.amount ? sale.amount : fee;
}

function feeByRule(amount: bigint, rule: FeeRule): bigint {
  const fee = basisPointsOf(amount, rule.basisPoints) + rule.fixed;
  if (rule.minimum !== undefined && fee < rule.minimum) return rule.minimum;
  return rule.maximum !== undefined && fee > rule.maximum ? rule.maximum : fee;
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
