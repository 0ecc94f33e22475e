/** The conservation proof: every captured cent is in exactly one place, shown from tables that do not derive from each other. */
import type { Finding } from "../domain/finding.ts";
import type { Bucket } from "../domain/ledger.ts";
import { formatMinor } from "../domain/money.ts";
import { sumsOf } from "../store/proof.ts";
import type { Queries } from "../store/store.ts";

/** Minor units. captured + cashedIn - refunded - charged = all that follows, or `difference` is not zero and the books are broken. */
export interface Proof {
  readonly currency: string;
  readonly captured: bigint;
  readonly cashedIn: bigint;
  /** Refunds and chargebacks. */
  readonly refunded: bigint;
  /** What banks charged for chargebacks. */
  readonly charged: bigint;
  readonly pending: bigint;
  readonly available: bigint;
  readonly held: bigint;
  readonly reserved: bigint;
  readonly operatorFees: bigint;
  readonly operatorOwn: bigint;
  readonly inTransit: bigint;
  readonly paid: bigint;
  readonly difference: bigint;
}

export async function conservationProof(db: Queries, marketplaceId: bigint, currency: string): Promise<Proof> {
  const sums = await sumsOf(db, marketplaceId, currency);
  const own = (bucket: Bucket): bigint => sums.operatorBalances.get(bucket) ?? 0n;
  const sellers = (bucket: Bucket): bigint => (sums.balances.get(bucket) ?? 0n) - own(bucket);
  const parts = {
    pending: sellers("PENDING"),
    available: sellers("AVAILABLE"),
    held: sellers("HELD"),
    reserved: sellers("RESERVED"),
    operatorFees: sums.balances.get("FEES") ?? 0n,
    operatorOwn: own("PENDING") + own("AVAILABLE") + own("HELD") + own("RESERVED"),
    inTransit: sums.balances.get("IN_TRANSIT") ?? 0n,
    paid: sums.paid,
  };
  const { captured, cashedIn, refunded, charged } = sums;
  const accounted = Object.values(parts).reduce((sum, part) => sum + part, 0n);
  const difference = captured + cashedIn - refunded - charged - accounted;
  return { currency, captured, cashedIn, refunded, charged, ...parts, difference };
}

export function proofFindings(marketplace: string, proof: Proof): readonly Finding[] {
  if (proof.difference === 0n) return [];
  return [
    {
      code: "CONSERVATION_BROKEN",
      where: `marketplace ${marketplace}, ${proof.currency}`,
      found: `${formatMinor(proof.difference, proof.currency)} captured but in no bucket`,
      expected:
        "captured + cashed in - refunded - charged = pending + available + held + reserved + operator + in transit + paid",
    },
  ];
}
