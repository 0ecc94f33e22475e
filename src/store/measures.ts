/** Counts for the people who watch the engine. */
import { sql } from "kysely";
import type { Queries } from "./store.ts";

interface Counted {
  readonly label: string;
  readonly count: bigint;
}

export async function transfersByState(db: Queries): Promise<readonly Counted[]> {
  return (await sql<Counted>`SELECT state AS label, count(*) AS count FROM transfers GROUP BY state`.execute(db)).rows;
}

export async function filesByState(db: Queries): Promise<readonly Counted[]> {
  return (await sql<Counted>`SELECT state AS label, count(*) AS count FROM transfer_files GROUP BY state`.execute(db))
    .rows;
}

export async function openExceptionsByOwner(db: Queries): Promise<readonly Counted[]> {
  const { rows } = await sql<Counted>`
    SELECT owner AS label, count(*) AS count FROM exceptions WHERE state <> 'RESOLVED' GROUP BY owner`.execute(db);
  return rows;
}

export async function openExceptionsOf(db: Queries, reason: string): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    SELECT count(*) AS count FROM exceptions WHERE state <> 'RESOLVED' AND reason = ${reason}`.execute(db);
  return Number(rows[0]?.count ?? 0n);
}

/** By the state of their endpoint: what waits for a disabled one waits for a person. */
export async function pendingNotifications(db: Queries): Promise<readonly Counted[]> {
  const { rows } = await sql<Counted>`
    SELECT endpoints.state AS label, count(*) AS count
      FROM notifications JOIN endpoints ON endpoints.id = notifications.endpoint_id
     WHERE notifications.state = 'PENDING' GROUP BY endpoints.state`.execute(db);
  return rows;
}

/** When the oldest file was made that is neither at the bank nor given up; null when there is none. */
export async function oldestUnsentFile(db: Queries): Promise<string | null> {
  const { rows } = await sql<{ made_at: string | null }>`
    SELECT min(made_at) AS made_at FROM transfer_files
     WHERE state IN ('AWAITING_APPROVAL', 'APPROVED', 'UPLOADING', 'UPLOADED', 'RENAMING')`.execute(db);
  return rows[0]?.made_at ?? null;
}

/** Open authorisations by the day (UTC) on which they expire; those without an end are left out. */
export async function authorisationsByLastDay(db: Queries): Promise<readonly Counted[]> {
  const { rows } = await sql<Counted>`
    SELECT substr(expires_at, 1, 10) AS label, count(*) AS count FROM transactions
     WHERE detailed_status IN ('AUTHORISED', 'AUTHORISED_TO_VALIDATE') AND expires_at IS NOT NULL GROUP BY 1`.execute(
    db,
  );
  return rows;
}
