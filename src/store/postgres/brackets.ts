/** What a transaction says to PostgreSQL before its work and after it: how far it is kept apart from others, and from whom altogether. */
import { createHash } from "node:crypto";
import type { WriteOptions } from "../store.ts";

export interface Brackets {
  readonly begin: string;
  readonly commit: string;
  /** Instead of `commit`, when the work or one of the two others failed. */
  readonly rollback: string;
}

export const READ_SNAPSHOT = brackets("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
/** What transactions did beside each other is what they would have done one after another, or one of them is run again. */
const SERIALIZABLE = brackets("BEGIN ISOLATION LEVEL SERIALIZABLE");
const SNAPSHOT = brackets("BEGIN ISOLATION LEVEL REPEATABLE READ");

function brackets(begin: string): Brackets {
  return { begin, commit: "COMMIT", rollback: "ROLLBACK" };
}

export function bracketsOf({ alone = [], isolation = "serializable" }: WriteOptions): Brackets {
  const own = isolation === "snapshot" ? SNAPSHOT : SERIALIZABLE;
  return alone.length === 0 ? own : behindLocks(alone, own);
}

const RELEASE = "SELECT pg_advisory_unlock_all()";

/**
 * A transaction looks at the store as of its first statement, so it must have its locks before it begins: taken inside, it
 * would wait for another one and then not see what that one wrote. They are taken in a transaction of their own, which the
 * real one follows within the same message. So a process that is stopped at any point is inside a transaction, which the
 * server ends after a while, and the locks go with the connection.
 */
function behindLocks(names: readonly string[], { begin, commit, rollback }: Brackets): Brackets {
  // Everybody takes his locks in the same order, so that no two wait for each other.
  const keys = [...new Set(names.map(lockKey))].sort((a, b) => (a < b ? -1 : 1));
  const locks = keys.map((key) => `SELECT pg_advisory_lock(${key})`);
  return {
    begin: ["BEGIN", ...locks, "COMMIT", begin].join("; "),
    commit: `${commit}; ${RELEASE}`,
    rollback: `${rollback}; ${RELEASE}`,
  };
}

/** 64 bits of a hash: two names with the same ones would wait for each other now and then, and no more. */
function lockKey(name: string): bigint {
  return createHash("sha256").update(name).digest().readBigInt64BE();
}
