/** Reads marketplaces with what they have agreed. */
import type { FeeRule } from "../domain/fees.ts";
import { OPERATOR } from "../domain/order.ts";
import type { SettlementPolicy } from "../domain/policies.ts";
import { feeRulesOf, settlementPolicyOf } from "./policies.ts";
import type { MarketplaceRow } from "./rows/marketplace-rows.ts";
import type { Queries } from "./store.ts";

export interface Marketplace {
  readonly id: bigint;
  readonly ref: string;
  readonly operatorId: bigint;
  readonly row: MarketplaceRow;
  readonly feeRules: readonly FeeRule[];
  readonly settlementPolicy: SettlementPolicy;
}

export async function allMarketplaces(db: Queries): Promise<readonly Marketplace[]> {
  const rows = await db
    .selectFrom("marketplaces")
    .innerJoin("sellers", "sellers.marketplace_id", "marketplaces.id")
    .selectAll("marketplaces")
    .select("sellers.id as operator_id")
    .where("sellers.ref", "=", OPERATOR)
    .orderBy("marketplaces.id")
    .execute();
  return rows.map(({ operator_id, ...row }) => ({
    id: row.id,
    ref: row.ref,
    operatorId: operator_id,
    row,
    feeRules: feeRulesOf(row),
    settlementPolicy: settlementPolicyOf(row),
  }));
}

/** The row id of a marketplace by its ref; undefined when there is none. */
export async function marketplaceIdOf(db: Queries, ref: string): Promise<bigint | undefined> {
  const row = await db.selectFrom("marketplaces").select("id").where("ref", "=", ref).executeTakeFirst();
  return row?.id;
}
