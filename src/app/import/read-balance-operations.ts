/** Checks the shape of fees declared afterwards and of cashouts (seed 001, "Managing your financial balance"). */
import { OPERATOR } from "../../domain/order.ts";
import type { Fields } from "./fields.ts";
import type { CashoutRecord, OperatorFeeRecord } from "./records.ts";

export function readOperatorFee(fields: Fields): OperatorFeeRecord {
  const record: OperatorFeeRecord = {
    type: "operator_fee",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    seller: fields.id("seller"),
    amount: fields.amount("amount"),
    vat: fields.optionalAmount("vat"),
    currency: fields.optionalCurrency(),
    date: fields.optionalDate("date"),
    says: fields.optionalText("says"),
  };
  fields.close(["type", "marketplace", "id", "seller", "amount", "vat", "currency", "date", "says"]);
  if (fields.place.isFaulty) return record;
  const { amount, vat, seller } = record;
  if (amount === 0n) fields.fault("AMOUNT_INVALID", "amount", "0", "more than nothing");
  if (vat !== undefined && vat > amount) {
    fields.fault("AMOUNT_EXCEEDED", "vat", String(vat), `at most the amount that includes it, ${amount}`);
  }
  if (seller === OPERATOR)
    fields.fault("FIELD_INVALID", "seller", OPERATOR, "a seller: the operator owes himself none");
  return record;
}

export function readCashout(fields: Fields): CashoutRecord {
  const scope = fields.choice("scope", ["operator", "seller"] as const);
  const seller = fields.optionalId("seller");
  const record: CashoutRecord = {
    type: "cashout",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    seller: scope === "operator" ? OPERATOR : (seller ?? ""),
    amount: fields.optionalPositive("amount"),
    currency: fields.optionalCurrency(),
  };
  fields.close(["type", "marketplace", "id", "scope", "seller", "amount", "currency"]);
  if (scope === "operator" && seller !== undefined) {
    fields.fault("FIELD_INVALID", "seller", seller, "no seller: the scope is operator");
  }
  if (scope === "seller" && seller === undefined) {
    fields.fault("FIELD_MISSING", "seller", "nothing", "the seller who is paid out");
  }
  return record;
}
