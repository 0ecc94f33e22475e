/** API keys: made once and shown once, proven by their hash, revoked for good. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { RemitError } from "../domain/errors.ts";
import { apiKeyById, apiKeysOf, insertApiKey, revokeApiKey as revoke } from "../store/api-keys.ts";
import { recordAudit } from "../store/audit-log.ts";
import { marketplaceIdOf } from "../store/marketplaces.ts";
import type { Context } from "./context.ts";

/** What a key's role allows: the roles that routes ask for. */
export const API_ROLES = {
  reader: ["reader"],
  writer: ["reader", "writer"],
} as const satisfies Record<string, readonly string[]>;

export type ApiRole = keyof typeof API_ROLES;

/** Who calls: a marketplace's own system. */
export interface Caller {
  readonly keyId: string;
  readonly role: ApiRole;
  readonly marketplaceId: bigint;
  /** The marketplace's ref. */
  readonly marketplace: string;
}

type KeyContext = Pick<Context, "store" | "clock" | "actor">;

const SECRET_BYTES = 32;
const ID_LENGTH = 16;
/** `remit_`, the id, and 256 random bits in base64url. */
const KEY = /^remit_([0-9a-z]{16})_([A-Za-z0-9_-]{43})$/;

export function isApiRole(text: string): text is ApiRole {
  return Object.hasOwn(API_ROLES, text);
}

/** The key is in the answer and nowhere else: it cannot be shown again. NOT_FOUND for an unknown marketplace. */
export async function createApiKey(
  { store, clock, actor }: KeyContext,
  { marketplace, role }: { readonly marketplace: string; readonly role: ApiRole },
): Promise<{ readonly id: string; readonly key: string }> {
  const marketplaceId = await marketplaceOf(store, marketplace);
  const id = newId();
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const now = clock();
  await store.write(async (tx) => {
    await insertApiKey(tx, {
      id,
      marketplace_id: marketplaceId,
      secret_sha256: digestOf(secret).toString("hex"),
      role,
      created_at: now.toISOString(),
    });
    await recordAudit(tx, {
      actor,
      action: "create",
      subject: `api key ${id}`,
      detail: `${role} of ${marketplace}`,
      now,
    });
  });
  return { id, key: `remit_${id}_${secret}` };
}

async function marketplaceOf(store: Context["store"], ref: string): Promise<bigint> {
  const id = await marketplaceIdOf(store.db, ref);
  if (id !== undefined) return id;
  throw new RemitError("NOT_FOUND", { where: "marketplace", found: ref, expected: "the id of a marketplace" });
}

/** From now on the key opens nothing. NOT_FOUND for an unknown or already revoked one. */
export async function revokeApiKey({ store, clock, actor }: KeyContext, id: string): Promise<void> {
  const now = clock();
  await store.write(async (tx) => {
    if (!(await revoke(tx, id, now))) {
      throw new RemitError("NOT_FOUND", { where: "api key", found: id, expected: "the id of a key that is in use" });
    }
    await recordAudit(tx, { actor, action: "revoke", subject: `api key ${id}`, now });
  });
}

/** The keys of a marketplace, revoked ones too; NOT_FOUND for an unknown marketplace. */
export async function listApiKeys({ store }: Pick<Context, "store">, marketplace: string) {
  const rows = await apiKeysOf(store.db, await marketplaceOf(store, marketplace));
  return rows.map(({ id, role, created_at, revoked_at }) => ({
    id,
    role,
    createdAt: created_at,
    revokedAt: revoked_at,
  }));
}

/** Who presents this key; undefined when nobody may. */
export async function callerOf({ store }: Pick<Context, "store">, key: string): Promise<Caller | undefined> {
  const [, id, secret] = KEY.exec(key) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const row = await apiKeyById(store.db, id);
  // A missing key is compared too, so that the time taken does not tell which ids exist.
  const fits = timingSafeEqual(digestOf(secret), row === undefined ? NO_DIGEST : Buffer.from(row.secret_sha256, "hex"));
  if (row === undefined || !fits || row.revoked_at !== null || !isApiRole(row.role)) return undefined;
  return { keyId: id, role: row.role, marketplaceId: row.marketplace_id, marketplace: row.marketplace };
}

const NO_DIGEST = Buffer.alloc(32);

/** A fast hash is right here: nobody guesses 256 random bits, however fast they are hashed. */
function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

function newId(): string {
  const alphabet = "0123456789abcdefghijklmnopqrstuv";
  return Array.from(randomBytes(ID_LENGTH), (byte) => alphabet.charAt(byte & 31)).join("");
}
