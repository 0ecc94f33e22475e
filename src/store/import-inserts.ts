/** Inserts what an import brings, many rows at once; each row is a list of values in the order of its columns. */
import type { Schema } from "./schema.ts";
import type { Transaction, Value } from "./store.ts";

/** Columns an import fills; what is left out has its default. */
const COLUMNS = {
  marketplaces: [
    ...(["id", "ref", "name", "currency", "zone", "debtor_name", "debtor_iban", "debtor_bic", "bank"] as const),
    ...(["bank_profile", "gateway", "integration_mode", "capture_policy", "settlement_policy", "fee_rules"] as const),
    ...(["blocked_reason", "content_hash", "created_at"] as const),
  ],
  sellers: [
    ...(["id", "marketplace_id", "ref", "legal_name", "account_holder", "iban", "bic", "address"] as const),
    ...(["onboarding", "account_changed_at", "content_hash", "created_at", "settlement_policy"] as const),
  ],
  orders: [
    ...(["id", "marketplace_id", "ref", "amount", "currency", "state", "order_cycle", "order_status"] as const),
    ...(["content_hash", "created_at"] as const),
  ],
  items: [
    ...(["id", "order_id", "seller_id", "position", "ref", "name", "category"] as const),
    ...(["quantity", "amount", "commission", "held_reason"] as const),
  ],
  tokens: ["id", "marketplace_id", "ref", "state", "gateway_token", "content_hash", "created_at"],
  transactions: [
    ...(["id", "marketplace_id", "order_id", "seller_id", "ref", "token_id", "gateway_ref", "currency"] as const),
    ...(["amount", "authorised", "captured", "cancelled", "refunded", "status", "detailed_status"] as const),
    ...(["capture_on", "authorised_at", "honour_until", "expires_at", "captured_at", "content_hash"] as const),
    ...(["created_at", "payment_method"] as const),
  ],
  operations: [
    ...(["id", "marketplace_id", "kind", "ref", "transaction_id", "seller_id", "amount", "currency", "fee"] as const),
    ...(["state", "business_date", "done_at", "content_hash", "created_at", "charge", "reason"] as const),
  ],
  cashins: [
    ...(["id", "marketplace_id", "seller_id", "ref", "amount", "currency", "business_date"] as const),
    ...(["content_hash", "created_at"] as const),
  ],
  payins: [
    ...(["id", "marketplace_id", "ref", "amount", "charges", "currency", "payer_references", "expected_on"] as const),
    ...(["captured_on", "content_hash", "created_at"] as const),
  ],
  operator_fees: [
    ...(["id", "marketplace_id", "seller_id", "ref", "amount", "vat", "currency", "says", "business_date"] as const),
    ...(["content_hash", "created_at"] as const),
  ],
  documents: [
    ...(["id", "marketplace_id", "ref", "type", "state", "expires_on", "sha256"] as const),
    ...(["content_hash", "created_at"] as const),
  ],
  endpoints: ["id", "marketplace_id", "ref", "url", "secrets", "events", "state", "content_hash", "created_at"],
} as const satisfies { readonly [Table in keyof Schema]?: readonly (keyof Schema[Table])[] };

export type ImportedTable = keyof typeof COLUMNS;

export async function insertImported<Table extends ImportedTable>(
  tx: Transaction,
  table: Table,
  rows: readonly (readonly Value[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns: readonly string[] = COLUMNS[table];
  await tx.insertMany(table, columns as readonly (keyof Schema[Table] & string)[], rows);
}
