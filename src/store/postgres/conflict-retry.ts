/** Runs a transaction again, as a whole, when PostgreSQL could not put it in an order with others that ran beside it. */
import { setTimeout as pause } from "node:timers/promises";
import { RemitError } from "../../domain/errors.ts";

/** serialization_failure and deadlock_detected: the only errors after which the same work may succeed (PostgreSQL, section 13.5). */
const CONFLICTS = new Set(["40001", "40P01"]);

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
    if (CONFLICTS.has((cause as { code?: string }).code ?? "")) return true;
  }
  return false;
}
