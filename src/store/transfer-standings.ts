/** Where the bank's answers left each transfer, and the moves that follow: accepted, rejected, executed, returned. */
import { sql } from "kysely";
import type { TransferState } from "../domain/transfer.ts";
import type { Queries, Transaction } from "./store.ts";
import { expectAll, insertTransfers, type NewTransfer } from "./transfers.ts";

export interface AnsweredTransfer {
  readonly id: bigint;
  readonly sellerId: bigint;
  readonly seller: string;
  readonly endToEndId: string;
  readonly paymentInformationId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly state: TransferState;
  readonly businessDate: string;
  /** JSON of everything the bank said of it so far. */
  readonly standing: string | null;
}

export async function transfersWithStanding(db: Queries, fileId: bigint): Promise<readonly AnsweredTransfer[]> {
  const rows = await db
    .selectFrom("transfers")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .select([
      "transfers.id",
      "transfers.seller_id",
      "sellers.ref as seller",
      "transfers.end_to_end_id",
      "transfers.payment_information_id",
      "transfers.amount",
      "transfers.currency",
      "transfers.state",
      "transfers.business_date",
      "transfers.standing",
    ])
    .where("transfers.file_id", "=", fileId)
    .orderBy("transfers.id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    sellerId: row.seller_id,
    seller: row.seller,
    endToEndId: row.end_to_end_id,
    paymentInformationId: row.payment_information_id ?? "",
    amount: row.amount,
    currency: row.currency,
    state: row.state,
    businessDate: row.business_date,
    standing: row.standing,
  }));
}

export interface StandingChange {
  readonly id: bigint;
  readonly from: TransferState;
  readonly to: TransferState;
  readonly bankStatus: string;
  readonly reasonCode?: string;
  readonly standing: string;
  readonly executedOn?: string;
}

const AT_ONCE = 1_000;

/** Writes new standings, each guarded by the state it was decided on. */
export async function changeStandings(tx: Transaction, changes: readonly StandingChange[], now: Date): Promise<void> {
  for (let start = 0; start < changes.length; start += AT_ONCE) {
    const part = changes.slice(start, start + AT_ONCE);
    const text = (value: string | undefined) => sql`CAST(${value ?? null} AS TEXT)`;
    const values = part.map(
      ({ id, from, to, bankStatus, reasonCode, standing, executedOn }) =>
        sql`(CAST(${id} AS BIGINT), ${text(from)}, ${text(to)}, ${text(bankStatus)}, ${text(reasonCode)}, ${text(standing)}, ${text(executedOn)})`,
    );
    const { numAffectedRows } = await sql`
      UPDATE transfers
         SET state = changes.state_to, bank_status = changes.bank_status, standing = changes.standing,
             reason_code = coalesce(changes.reason_code, transfers.reason_code),
             executed_on = coalesce(changes.executed_on, transfers.executed_on), changed_at = ${now.toISOString()}
        FROM (SELECT column1 AS id, column2 AS state_from, column3 AS state_to, column4 AS bank_status, column5 AS reason_code,
                     column6 AS standing, column7 AS executed_on
                FROM (VALUES ${sql.join(values)}) AS listed) AS changes
       WHERE transfers.id = changes.id AND transfers.state = changes.state_from`.execute(tx.db);
    expectAll("transfers that the bank answered", numAffectedRows, part.length);
  }
}

/** The lines of a transfer that came to nothing belong to its re-issue from now on. */
export async function reissue(
  tx: Transaction,
  head: { readonly marketplaceId: bigint; readonly businessDate: string; readonly now: Date },
  reissues: readonly NewTransfer[],
): Promise<void> {
  await insertTransfers(tx, head, reissues);
  for (let start = 0; start < reissues.length; start += AT_ONCE) {
    const values = reissues
      .slice(start, start + AT_ONCE)
      .map(({ id, replacesId }) => sql`(CAST(${replacesId ?? null} AS BIGINT), CAST(${id} AS BIGINT))`);
    await sql`
      UPDATE payables SET transfer_id = moved.new_id
        FROM (SELECT column1 AS old_id, column2 AS new_id FROM (VALUES ${sql.join(values)}) AS listed) AS moved
       WHERE payables.transfer_id = moved.old_id`.execute(tx.db);
  }
}

/** How many of a file's transfers are in each state: what the file's own state follows from. */
export async function statesOfFile(db: Queries, fileId: bigint): Promise<ReadonlyMap<TransferState, number>> {
  const rows = await db
    .selectFrom("transfers")
    .select(({ fn }) => ["state", fn.countAll<bigint>().as("count")])
    .where("file_id", "=", fileId)
    .groupBy("state")
    .execute();
  return new Map(rows.map(({ state, count }) => [state, Number(count)]));
}
