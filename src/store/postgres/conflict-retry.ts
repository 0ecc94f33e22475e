/** Runs a transaction again, as a whole, when PostgreSQL could not put it in an order with others that ran beside it. */
import { setTimeout as pause } from "node:timers/promises";
import { RemitError } from "../../domain/errors.ts";

/** serialization_failure and deadlock_detected: the only errors after which the same work may succeed (PostgreSQL, section 13.5). */
const CONFLICTS = new Set(["40001", "40P01"]);

/** Two that open the same account at once: the second one finds it when it runs again. */
const OPENED_TWICE = { code: "23505", constraint: "accounts_marketplace_id_seller_id_bucket_currency_key" } as const;

const MOST_ATTEMPTS = 25;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 1_000;

/** STORE_CONFLICT when it never came through: then others wrote the same rows again and again. Other errors pass at once. */
export async function retryOnConflict<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (made === MOST_ATTEMPTS) {
        throw new RemitError("STORE_CONFLICT", {
          where: "transaction",
          found: `${made} attempts in conflict with others`,
          expected: "one attempt to come through",
          cause: error,
        });
      }
      await pause(pauseBefore(made));
    }
  }
}

/** Anywhere between nothing and twice as long as before, so that those who met once do not meet again. */
function pauseBefore(made: number): number {
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** made);
}

/** Use cases may have wrapped the database's error. */
function isConflict(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code = "", constraint } = cause as { code?: string; constraint?: string };
    if (CONFLICTS.has(code) || (code === OPENED_TWICE.code && constraint === OPENED_TWICE.constraint)) return true;
  }
  return false;
}
