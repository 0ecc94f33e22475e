/** Books captures that take their items whole: prices are worked out once for all sales that share one, the rest is done by sets. */
import { bookOperation } from "../domain/booking.ts";
import { RemitError } from "../domain/errors.ts";
import type { FeeRule } from "../domain/fees.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { postPayables } from "../store/post-payables.ts";
import { addToVolumes } from "../store/seller-volumes.ts";
import type { Transaction } from "../store/store.ts";
import {
  type CaptureSpan,
  distinctTerms,
  gatherWholeCaptures,
  insertWholeSales,
  markWholeBooked,
  putPrices,
  putTerms,
  type SaleGroup,
  type SalePrice,
  type SaleTerms,
  saleGroups,
  varyingTerms,
} from "../store/whole-captures.ts";
import { PayoutDelay } from "./payout-delay.ts";

/**
 * Books those captures of a span that need nothing but prices, and answers how many; the others stay as they are. What a
 * fee comes to is decided by the same code as for every other operation. A marketplace whose fees go by volume has none:
 * there each sale's price depends on the ones before it.
 */
export async function bookWholeCaptures(
  tx: Transaction,
  marketplace: Marketplace,
  businessDate: string,
  span: CaptureSpan,
): Promise<number> {
  if (marketplace.hasTiers) return 0;
  const captures = await gatherWholeCaptures(tx, span);
  if (captures === 0n) return 0;
  const terms = await distinctTerms(tx, marketplace.namesSellers);
  const varying = varyingTerms(terms);
  const rules = await resolveTerms(tx, marketplace, terms);
  const groups = await saleGroups(tx, varying);
  await putPrices(
    tx,
    groups.map((group) => priceOf(group, rules)),
  );
  const sales = groups.reduce((sum, group) => sum + Number(group.sales), 0);
  const first = await tx.reserveIds("payables", sales);
  expectAll(marketplace, "sales", await insertWholeSales(tx, marketplace.id, first, varying), BigInt(sales));
  const lines = { first, last: first + BigInt(sales) - 1n };
  const head = { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate };
  await postPayables(tx, head, lines, new Set(["SALE"]));
  await addToVolumes(tx, lines, new Set(terms.map(({ businessDate: date }) => date.slice(0, 7))));
  expectAll(marketplace, "captures", await markWholeBooked(tx), captures);
  return Number(captures);
}

/** Terms under one number have the same rule; one of them stands for all. */
type Rules = readonly { readonly rule: FeeRule | undefined; readonly terms: SaleTerms }[];

async function resolveTerms(tx: Transaction, marketplace: Marketplace, all: readonly SaleTerms[]): Promise<Rules> {
  const delay = new PayoutDelay(marketplace.settlementPolicy);
  const rules: { rule: FeeRule | undefined; terms: SaleTerms }[] = [];
  const numbers = new Map<FeeRule | undefined, number>();
  const resolved = all.map((terms) => {
    const rule = marketplace.ruleOf({ ...contextOf(terms), seller: terms.seller, date: terms.businessDate });
    const number = numbers.get(rule) ?? rules.push({ rule, terms }) - 1;
    numbers.set(rule, number);
    const sellerPolicy = terms.sellerPolicy === "" ? null : terms.sellerPolicy;
    return {
      id: terms.id,
      rule: BigInt(number),
      availableOn: delay.availableOn(terms.businessDate, sellerPolicy),
    };
  });
  await putTerms(tx, resolved);
  return rules;
}

function contextOf({ currency, category, paymentMethod }: SaleTerms) {
  return {
    currency,
    ...(category === "" ? {} : { category }),
    ...(paymentMethod === "" ? {} : { paymentMethod }),
  };
}

/** Books one such sale on an item that stands for all of its group. */
function priceOf({ rule: number, gross, commission }: SaleGroup, rules: Rules): SalePrice {
  const known = rules[Number(number)];
  if (known === undefined) throw new Error(`no rule ${number} was resolved`);
  const { rule, terms } = known;
  const item = {
    ...{ id: 0n, orderId: 0n, sellerId: 0n, seller: terms.seller, amount: gross },
    ...{ captured: 0n, feeTaken: 0n, vatTaken: 0n, refunded: 0n, feeReturned: 0n },
    ...(commission === null ? {} : { commission }),
  };
  const { currency, businessDate } = terms;
  const operation = { id: 0n, ref: "", kind: "CAPTURE", amount: gross, currency, businessDate } as const;
  const [line] = bookOperation(operation, [item], { ruleOf: () => rule, volumeBefore: () => 0n });
  if (line === undefined) throw new Error(`a sale of ${gross} has no line`);
  return { rule: number, gross, commission, fee: line.fee, vat: line.vat };
}

function expectAll({ ref }: Marketplace, what: string, found: bigint, expected: bigint): void {
  if (found === expected) return;
  throw new RemitError("STORE_CONFLICT", {
    where: `marketplace ${ref}, booking of ${what}`,
    found: `${found}`,
    expected: `${expected}`,
  });
}
