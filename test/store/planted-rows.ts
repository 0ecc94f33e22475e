/** Rows that others need to refer to, put straight into the tables. */
import type { Store } from "../../src/store/store.ts";

/** Marketplace 1 with its operator, seller 1, and seller 7. */
export async function plantMarketplace(store: Store): Promise<void> {
  await store.write(async (tx) => {
    await tx.insertMany(
      "marketplaces",
      [
        ...(["id", "ref", "name", "currency", "zone", "debtor_name", "debtor_iban", "bank", "bank_profile"] as const),
        ...(["gateway", "integration_mode", "capture_policy", "settlement_policy", "fee_rules"] as const),
        ...(["content_hash", "created_at"] as const),
      ],
      [
        [
          ...[1n, "m", "M", "EUR", "Europe/Paris", "M", "FR7630006000011234567890189", "b", "sandbox"],
          ...["g", "MULTI_CAPTURE", "{}", "{}", "[]", "h", "now"],
        ],
      ],
    );
    await tx.insertMany(
      "sellers",
      [
        ...(["id", "marketplace_id", "ref", "legal_name", "account_holder", "onboarding"] as const),
        ...(["account_changed_at", "content_hash", "created_at"] as const),
      ],
      ["OPERATOR", "s"].map((ref, index) => [
        ...[index === 0 ? 1n : 7n, 1n, ref, ref, ref, "VALIDATED", "now", "h", "now"],
      ]),
    );
  });
}
