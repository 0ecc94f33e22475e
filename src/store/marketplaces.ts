/** Reads marketplaces with what they have agreed. */
import { RemitError } from "../domain/errors.ts";
import { feeSchedule, type RuleOf } from "../domain/fees.ts";
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
  readonly ruleOf: RuleOf;
  /** Whether fees go by the volume of a month. */
  readonly hasTiers: boolean;
  /** Whether a fee rule is for one seller. */
  readonly namesSellers: boolean;
  readonly settlementPolicy: SettlementPolicy;
}

/** The name under which a transaction has the money and the orders of a marketplace for itself (`WriteOptions.alone`). */
export function turnOfMarketplace(ref: string): string {
  return `marketplace/${ref}`;
}

export async function allMarketplaces(db: Queries): Promise<readonly Marketplace[]> {
  const rows = await withOperators(db).orderBy("marketplaces.id").execute();
  return rows.map(({ operator_id, ...row }) => marketplaceOf(row, operator_id));
}

/** STORE_CONFLICT when there is none: whoever names one has read it from the store. */
export async function marketplaceNamed(db: Queries, ref: string): Promise<Marketplace> {
  const found = await withOperators(db).where("marketplaces.ref", "=", ref).executeTakeFirst();
  if (found === undefined) {
    throw new RemitError("STORE_CONFLICT", {
      where: `marketplace ${ref}`,
      found: "none",
      expected: "one that was read",
    });
  }
  const { operator_id, ...row } = found;
  return marketplaceOf(row, operator_id);
}

function withOperators(db: Queries) {
  return db
    .selectFrom("marketplaces")
    .innerJoin("sellers", "sellers.marketplace_id", "marketplaces.id")
    .selectAll("marketplaces")
    .select("sellers.id as operator_id")
    .where("sellers.ref", "=", OPERATOR);
}

/** A marketplace's row with its agreements read. */
export function marketplaceOf(row: MarketplaceRow, operatorId: bigint): Marketplace {
  const rules = feeRulesOf(row);
  return {
    id: row.id,
    ref: row.ref,
    operatorId,
    row,
    ruleOf: feeSchedule(rules, row.currency),
    hasTiers: rules.some(({ tiers }) => tiers !== undefined),
    namesSellers: rules.some(({ seller }) => seller !== undefined),
    settlementPolicy: settlementPolicyOf(row),
  };
}

/** The row id of a marketplace by its ref; undefined when there is none. */
export async function marketplaceIdOf(db: Queries, ref: string): Promise<bigint | undefined> {
  const row = await db.selectFrom("marketplaces").select("id").where("ref", "=", ref).executeTakeFirst();
  return row?.id;
}
