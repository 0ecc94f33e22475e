/** Reads what the settlements of a business date decided, and where the transfers they made have gone since. */
import { sql } from "kysely";
import type { Queries } from "../store.ts";

export interface SettledLine {
  readonly currency: string;
  readonly run: bigint;
  readonly seller_id: bigint;
  readonly seller: string;
  readonly legal_name: string;
  readonly sales: bigint;
  readonly fees: bigint;
  readonly refunds: bigint;
  readonly other: bigint;
  readonly carried: bigint;
  readonly reserve: bigint;
  readonly rest: bigint;
  readonly fee_vat: bigint;
  readonly released: bigint;
  readonly held: bigint;
  readonly net: bigint;
  readonly outcome: "TRANSFER" | "HOLD" | "CARRIED" | "NOTHING";
  readonly reason: string | null;
  readonly end_to_end_id: string | null;
  readonly transfer_state: string | null;
}

/** One row per seller and run, by currency, seller and run. Amounts are minor units. */
export async function settledLines(
  db: Queries,
  marketplaceId: bigint,
  businessDate: string,
): Promise<readonly SettledLine[]> {
  return db
    .selectFrom("settlements")
    .innerJoin("settlement_lines", "settlement_lines.settlement_id", "settlements.id")
    .innerJoin("sellers", "sellers.id", "settlement_lines.seller_id")
    .leftJoin("transfers", "transfers.id", "settlement_lines.transfer_id")
    .select(["settlements.currency", "settlements.run", "sellers.id as seller_id", "sellers.ref as seller"])
    .select(["sellers.legal_name", "settlement_lines.sales", "settlement_lines.fees", "settlement_lines.refunds"])
    .select(["settlement_lines.other", "settlement_lines.carried", "settlement_lines.net", "settlement_lines.outcome"])
    .select(["settlement_lines.reserve", "settlement_lines.rest", "settlement_lines.fee_vat"])
    .select(["settlement_lines.released", "settlement_lines.held"])
    .select(["settlement_lines.reason", "transfers.end_to_end_id", "transfers.state as transfer_state"])
    .where("settlements.marketplace_id", "=", marketplaceId)
    .where("settlements.business_date", "=", businessDate)
    .orderBy("settlements.currency")
    .orderBy("sellers.ref")
    .orderBy("settlements.run")
    .execute();
}

export interface StoredProof {
  readonly currency: string;
  readonly run: bigint;
  readonly proof: string;
  readonly created_at: string;
}

/** The conservation proofs that the settlements of the date stored, in order. */
export async function storedProofs(
  db: Queries,
  marketplaceId: bigint,
  businessDate: string,
): Promise<readonly StoredProof[]> {
  return db
    .selectFrom("settlements")
    .select(["currency", "run", "proof", "created_at"])
    .where("marketplace_id", "=", marketplaceId)
    .where("business_date", "=", businessDate)
    .orderBy("currency")
    .orderBy("run")
    .execute();
}

/** Where a transfer that was settled on the date stands now. */
export type TransferPlace = "FILE_OF_THE_DAY" | "OTHER_FILE" | "HELD" | "WAITING" | "ENDED";

export interface PlaceTotal {
  readonly currency: string;
  readonly place: TransferPlace;
  readonly transfers: bigint;
  readonly amount: bigint;
}

/** The transfers that the settlements of the date released, by where they are. */
export async function settledByPlace(
  db: Queries,
  marketplaceId: bigint,
  businessDate: string,
): Promise<readonly PlaceTotal[]> {
  const { rows } = await sql<PlaceTotal>`
    SELECT currency, place, count(*) AS transfers, CAST(sum(amount) AS BIGINT) AS amount
      FROM (SELECT transfers.currency, transfers.amount,
                   CASE WHEN transfer_files.business_date = ${businessDate} THEN 'FILE_OF_THE_DAY'
                        WHEN transfer_files.id IS NOT NULL THEN 'OTHER_FILE'
                        WHEN transfers.state = 'ON_HOLD' THEN 'HELD'
                        WHEN transfers.state = 'SCHEDULED' THEN 'WAITING'
                        ELSE 'ENDED' END AS place
              FROM transfers LEFT JOIN transfer_files ON transfer_files.id = transfers.file_id
             WHERE transfers.id IN (${releasedOn(marketplaceId, businessDate)})) AS placed
     GROUP BY currency, place ORDER BY currency, place`.execute(db);
  return rows;
}

export interface FilesTotal {
  readonly currency: string;
  readonly files: bigint;
  readonly transfers: bigint;
  readonly amount: bigint;
}

/** What the files of the date say of themselves; refused and cancelled ones gave their transfers back. */
export async function filesOfDate(
  db: Queries,
  marketplaceId: bigint,
  businessDate: string,
): Promise<readonly FilesTotal[]> {
  const { rows } = await sql<FilesTotal>`
    SELECT currency, count(*) AS files, CAST(sum(transfer_count) AS BIGINT) AS transfers,
           CAST(sum(transfer_sum) AS BIGINT) AS amount
      FROM transfer_files
     WHERE marketplace_id = ${marketplaceId} AND business_date = ${businessDate}
       AND state NOT IN ('REFUSED', 'CANCELLED')
     GROUP BY currency ORDER BY currency`.execute(db);
  return rows;
}

/** Transfers in the files of the date that other days settled: re-issues, and what waited. */
export async function othersInFiles(
  db: Queries,
  marketplaceId: bigint,
  businessDate: string,
): Promise<readonly Omit<FilesTotal, "files">[]> {
  const { rows } = await sql<Omit<FilesTotal, "files">>`
    SELECT transfers.currency, count(*) AS transfers, CAST(sum(transfers.amount) AS BIGINT) AS amount
      FROM transfer_files JOIN transfers ON transfers.file_id = transfer_files.id
     WHERE transfer_files.marketplace_id = ${marketplaceId} AND transfer_files.business_date = ${businessDate}
       AND transfer_files.state NOT IN ('REFUSED', 'CANCELLED')
       AND transfers.id NOT IN (${releasedOn(marketplaceId, businessDate)})
     GROUP BY transfers.currency ORDER BY transfers.currency`.execute(db);
  return rows;
}

function releasedOn(marketplaceId: bigint, businessDate: string) {
  return sql`
    SELECT settlement_lines.transfer_id
      FROM settlements JOIN settlement_lines ON settlement_lines.settlement_id = settlements.id
     WHERE settlements.marketplace_id = ${marketplaceId} AND settlements.business_date = ${businessDate}
       AND settlement_lines.outcome = 'TRANSFER' AND settlement_lines.transfer_id IS NOT NULL`;
}
