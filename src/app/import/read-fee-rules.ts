/** Checks the shape of fee rules, and that no sale can fall under two of them that are equally specific. */
import { FEE_REFUNDS, type FeeRule, type FeeTier } from "../../domain/fees.ts";
import type { Fields } from "./fields.ts";
import { present } from "./present.ts";

const ALL_BASIS_POINTS = 10_000n;
const RULE_FIELDS = [
  ..."seller category paymentMethod currency validFrom validUntil basisPoints fixed".split(" "),
  ..."tiers minimum maximum vatBasisPoints refund".split(" "),
];

export function readFeeRules(fields: Fields): readonly FeeRule[] {
  const rules = (fields.optionalList("fees") ?? []).map(readFeeRule);
  checkOverlaps(fields, rules);
  return rules;
}

function readFeeRule(fields: Fields): FeeRule {
  const rule: FeeRule = {
    ...present({
      seller: fields.optionalId("seller"),
      category: fields.optionalText("category", 64),
      paymentMethod: fields.optionalId("paymentMethod", 40),
      currency: fields.optionalCurrency(),
      validFrom: fields.optionalDate("validFrom"),
      validUntil: fields.optionalDate("validUntil"),
    }),
    basisPoints: fields.optionalWhole("basisPoints", 0n, ALL_BASIS_POINTS) ?? 0n,
    fixed: fields.optionalAmount("fixed") ?? 0n,
    ...present({
      tiers: readTiers(fields),
      minimum: fields.optionalAmount("minimum"),
      maximum: fields.optionalAmount("maximum"),
      vatBasisPoints: fields.optionalWhole("vatBasisPoints", 0n, ALL_BASIS_POINTS),
    }),
    refund: fields.optionalChoice("refund", FEE_REFUNDS) ?? "PROPORTIONAL",
  };
  fields.close(RULE_FIELDS);
  const { minimum, maximum, validFrom, validUntil } = rule;
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    fields.fault("FIELD_INVALID", "minimum", String(minimum), `at most the maximum, ${maximum}`);
  }
  if (validFrom !== undefined && validUntil !== undefined && validFrom > validUntil) {
    fields.fault("FIELD_INVALID", "validFrom", validFrom, `not after validUntil, ${validUntil}`);
  }
  return rule;
}

/** Tiers ascend: what two tiers would both claim, or what stands below an earlier one, is a mistake. */
function readTiers(fields: Fields): readonly FeeTier[] | undefined {
  const list = fields.optionalList("tiers");
  if (list === undefined) return undefined;
  const tiers = list.map((tier): FeeTier => {
    const read = {
      from: tier.amount("from"),
      basisPoints: tier.optionalWhole("basisPoints", 0n, ALL_BASIS_POINTS) ?? 0n,
      fixed: tier.optionalAmount("fixed") ?? 0n,
    };
    tier.close(["from", "basisPoints", "fixed"]);
    return read;
  });
  tiers.forEach(({ from }, index) => {
    const before = tiers[index - 1]?.from;
    if (before !== undefined && from <= before && !fields.place.isFaulty) {
      list[index]?.fault("TIERS_OVERLAP", "from", String(from), `more than ${before}, where the tier before it begins`);
    }
  });
  return tiers;
}

/** Two rules for the same sales at the same time: which of them stands would be chance. */
function checkOverlaps(fields: Fields, rules: readonly FeeRule[]): void {
  const byScope = new Map<string, number[]>();
  rules.forEach((rule, index) => {
    const { seller, category, paymentMethod, currency } = rule;
    const scope = JSON.stringify([seller, category, paymentMethod, currency].map((part) => part ?? null));
    const others = byScope.get(scope) ?? [];
    const other = others.find((one) => overlap(rules[one], rule));
    if (other !== undefined && !fields.place.isFaulty) {
      fields.fault(
        "RULES_OVERLAP",
        `fees[${index}]`,
        `the same sales as fees[${other}]`,
        "other sales, or other dates",
      );
    }
    byScope.set(scope, [...others, index]);
  });
}

function overlap(a: FeeRule | undefined, b: FeeRule): boolean {
  if (a === undefined) return false;
  const startsBefore = (one: FeeRule, other: FeeRule) =>
    one.validFrom === undefined || other.validUntil === undefined || one.validFrom <= other.validUntil;
  return startsBefore(a, b) && startsBefore(b, a);
}
