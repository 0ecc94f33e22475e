/** Up to which id the journal is complete: no posting below it is still to come. */
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Store } from "./store.ts";

const WAIT_MS = 5_000;
const LOOK_AGAIN_MS = 20;

/**
 * SQLite has one writer, who gives out ids inside his transaction: all ids below the next one are there or never will be.
 * In PostgreSQL ids are given out beside the transactions, so those that were open when the next id was read must have
 * ended. Undefined when one of them took too long: then nothing is said this time.
 */
export async function journalHorizon(store: Store, waitMs = WAIT_MS): Promise<bigint | undefined> {
  const next = await nextPostingId(store);
  if (store.kind === "sqlite") return next;
  const { rows } = await sql<{ now: string }>`SELECT CAST(clock_timestamp() AS TEXT) AS now`.execute(store.db);
  const now = rows[0]?.now ?? "";
  for (let waited = 0; waited <= waitMs; waited += LOOK_AGAIN_MS) {
    if (!(await someBegunBefore(store, now))) return next;
    await pause(LOOK_AGAIN_MS);
  }
  return undefined;
}

/** Postings may be there without a counter only where none was ever reserved. */
async function nextPostingId({ db }: Store): Promise<bigint> {
  const row = await db.selectFrom("counters").select("next").where("name", "=", "postings").executeTakeFirst();
  return row?.next ?? 1n;
}

async function someBegunBefore({ db }: Store, instant: string): Promise<boolean> {
  const { rows } = await sql<{ open: bigint }>`
    SELECT count(*) AS open FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < CAST(${instant} AS timestamptz)`.execute(
    db,
  );
  return BigInt(rows[0]?.open ?? 0n) > 0n;
}
