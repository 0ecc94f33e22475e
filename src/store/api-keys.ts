/** The keys with which marketplaces' systems call the API: never the keys themselves, only what proves them. */
import type { ApiKeyRow } from "./rows/telling-rows.ts";
import type { Queries, Transaction } from "./store.ts";

export type NewApiKey = Omit<ApiKeyRow, "revoked_at">;

export async function insertApiKey(tx: Transaction, key: NewApiKey): Promise<void> {
  await tx.db
    .insertInto("api_keys")
    .values({ ...key, revoked_at: null })
    .execute();
}

/** With its marketplace's ref; revoked ones too. */
export function apiKeyById(db: Queries, id: string) {
  return db
    .selectFrom("api_keys")
    .innerJoin("marketplaces", "marketplaces.id", "api_keys.marketplace_id")
    .selectAll("api_keys")
    .select("marketplaces.ref as marketplace")
    .where("api_keys.id", "=", id)
    .executeTakeFirst();
}

export function apiKeysOf(db: Queries, marketplaceId: bigint) {
  return db
    .selectFrom("api_keys")
    .select(["id", "role", "created_at", "revoked_at"])
    .where("marketplace_id", "=", marketplaceId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

/** False when there is no such key or it was revoked before. */
export async function revokeApiKey(tx: Transaction, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable("api_keys")
    .set({ revoked_at: now.toISOString() })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}
