/** The invariants of the books (design, section 7) as queries: each answers the rows that break it, the first ones by name. */
import { sql } from "kysely";
import { untold } from "./endpoints.ts";
import type { Queries } from "./store.ts";

export interface Breach {
  readonly code: string;
  /** The broken row. */
  readonly where: string;
  readonly found: string;
  readonly expected: string;
  readonly marketplaceId?: bigint;
}

interface BreachRow {
  marketplace_id: bigint | null;
  subject: string;
  found: string | bigint;
  expected: string | bigint;
}

/** Enough to see what is wrong; a broken table can have millions of broken rows. */
const FIRST = 20;

const CHECKS = {
  BALANCE_NOT_POSTINGS: sql<BreachRow>`
    SELECT accounts.marketplace_id, 'account ' || accounts.id || ' ' || accounts.bucket AS subject,
           accounts.balance AS found, coalesce(sums.total, 0) AS expected
      FROM accounts LEFT JOIN (
        SELECT account, CAST(sum(amount) AS BIGINT) AS total FROM (
          SELECT credit_account AS account, amount FROM postings
          UNION ALL SELECT debit_account, -amount FROM postings) AS sides
         GROUP BY account) AS sums ON sums.account = accounts.id
     WHERE accounts.balance <> coalesce(sums.total, 0) ORDER BY accounts.id LIMIT ${FIRST}`,
  BALANCES_NOT_ZERO: sql<BreachRow>`
    SELECT marketplace_id, 'all accounts in ' || currency AS subject, CAST(sum(balance) AS BIGINT) AS found, 0 AS expected
      FROM accounts GROUP BY marketplace_id, currency HAVING sum(balance) <> 0 LIMIT ${FIRST}`,
  SELLER_BUCKETS_NOT_PAYABLES: sql<BreachRow>`
    SELECT ledger.marketplace_id, 'seller ' || sellers.ref || ' ' || ledger.stage AS subject,
           ledger.total AS found, coalesce(owed.total, 0) AS expected
      FROM (SELECT marketplace_id, seller_id, currency,
                   CASE bucket WHEN 'HELD' THEN 'AVAILABLE' ELSE bucket END AS stage,
                   CAST(sum(balance) AS BIGINT) AS total
              FROM accounts WHERE bucket IN ('PENDING', 'AVAILABLE', 'HELD', 'RESERVED', 'IN_TRANSIT')
             GROUP BY 1, 2, 3, 4) AS ledger
      JOIN sellers ON sellers.id = ledger.seller_id
      LEFT JOIN (SELECT payables.seller_id, payables.currency,
                        CASE WHEN payables.matured_on IS NULL AND payables.kind = 'RESERVE_RELEASE' THEN 'RESERVED'
                             WHEN payables.matured_on IS NULL THEN 'PENDING'
                             WHEN transfers.state IN ('IN_FILE', 'SENT', 'ACCEPTED') THEN 'IN_TRANSIT'
                             WHEN transfers.state = 'EXECUTED' THEN 'PAID' ELSE 'AVAILABLE' END AS stage,
                        CAST(sum(payables.net) AS BIGINT) AS total
                   FROM payables LEFT JOIN transfers ON transfers.id = payables.transfer_id GROUP BY 1, 2, 3) AS owed
        ON owed.seller_id = ledger.seller_id AND owed.currency = ledger.currency AND owed.stage = ledger.stage
     WHERE ledger.total <> coalesce(owed.total, 0) ORDER BY ledger.seller_id LIMIT ${FIRST}`,
  CAPTURE_NOT_PAYABLE: sql<BreachRow>`
    SELECT operations.marketplace_id, lower(operations.kind) || ' ' || operations.ref AS subject,
           CAST(coalesce(sum(payables.gross), 0) AS BIGINT) AS found,
           CASE operations.kind WHEN 'CAPTURE' THEN operations.amount ELSE -operations.amount END AS expected
      FROM operations LEFT JOIN payables ON payables.operation_id = operations.id AND payables.kind <> 'CHARGE'
     WHERE operations.booked = 1 AND operations.kind <> 'CANCELLATION'
     GROUP BY operations.id, operations.marketplace_id, operations.kind, operations.ref, operations.amount
    HAVING coalesce(sum(payables.gross), 0) <> CASE operations.kind WHEN 'CAPTURE' THEN operations.amount ELSE -operations.amount END
     LIMIT ${FIRST}`,
  FEES_NOT_PAYABLES: sql<BreachRow>`
    SELECT accounts.marketplace_id, 'fees kept in ' || accounts.currency AS subject, CAST(sum(accounts.balance) AS BIGINT) AS found,
           coalesce(kept.total, 0) AS expected
      FROM accounts LEFT JOIN (
        SELECT marketplace_id, currency, CAST(sum(CASE kind WHEN 'FEE_INCOME' THEN -net ELSE fee END) AS BIGINT) AS total
          FROM payables GROUP BY marketplace_id, currency) AS kept
        ON kept.marketplace_id = accounts.marketplace_id AND kept.currency = accounts.currency
     WHERE accounts.bucket = 'FEES' GROUP BY accounts.marketplace_id, accounts.currency, kept.total
    HAVING sum(accounts.balance) <> coalesce(kept.total, 0) LIMIT ${FIRST}`,
  MOVED_LINES_NOT_EVEN: sql<BreachRow>`
    SELECT marketplace_id, 'reserves and rests of seller row ' || seller_id || ' in ' || currency AS subject,
           CAST(sum(net) AS BIGINT) AS found, 0 AS expected
      FROM payables WHERE kind IN ('RESERVE', 'RESERVE_RELEASE', 'REST')
     GROUP BY marketplace_id, seller_id, currency HAVING sum(net) <> 0 LIMIT ${FIRST}`,
  VOLUME_NOT_SALES: sql<BreachRow>`
    SELECT volumes.marketplace_id, 'volume of seller row ' || volumes.seller_id || ' in ' || volumes.currency AS subject,
           volumes.total AS found, coalesce(sales.total, 0) AS expected
      FROM (SELECT marketplace_id, seller_id, currency, CAST(sum(gross) AS BIGINT) AS total
              FROM seller_volumes GROUP BY marketplace_id, seller_id, currency) AS volumes
      LEFT JOIN (SELECT seller_id, currency, CAST(sum(gross) AS BIGINT) AS total
                   FROM payables WHERE kind = 'SALE' GROUP BY seller_id, currency) AS sales
        ON sales.seller_id = volumes.seller_id AND sales.currency = volumes.currency
     WHERE volumes.total <> coalesce(sales.total, 0) LIMIT ${FIRST}`,
  RECEIVABLE_NOT_OPERATIONS: sql<BreachRow>`
    SELECT accounts.marketplace_id, 'what acquirers owe in ' || accounts.currency AS subject, -accounts.balance AS found,
           coalesce(due.total, 0) - coalesce(arrived.total, 0) AS expected
      FROM accounts
      LEFT JOIN (SELECT marketplace_id, currency,
                        CAST(sum(CASE kind WHEN 'CAPTURE' THEN amount ELSE -amount END - coalesce(charge, 0)) AS BIGINT) AS total
                   FROM operations WHERE booked = 1 AND kind <> 'CANCELLATION' GROUP BY marketplace_id, currency) AS due
        ON due.marketplace_id = accounts.marketplace_id AND due.currency = accounts.currency
      LEFT JOIN (SELECT marketplace_id, currency, CAST(sum(amount) AS BIGINT) AS total
                   FROM payins WHERE paid_on IS NOT NULL GROUP BY marketplace_id, currency) AS arrived
        ON arrived.marketplace_id = accounts.marketplace_id AND arrived.currency = accounts.currency
     WHERE accounts.bucket = 'ACQUIRER_RECEIVABLE' AND -accounts.balance <> coalesce(due.total, 0) - coalesce(arrived.total, 0)
     LIMIT ${FIRST}`,
  CAPTURED_ABOVE_AUTHORISED: sql<BreachRow>`
    SELECT marketplace_id, 'transaction ' || ref AS subject, captured + cancelled AS found, authorised AS expected
      FROM transactions WHERE captured + cancelled > authorised OR refunded > captured LIMIT ${FIRST}`,
  TRANSFER_NOT_ITS_LINES: sql<BreachRow>`
    SELECT transfers.marketplace_id, 'transfer ' || transfers.end_to_end_id AS subject,
           CAST(coalesce(sum(payables.net), 0) AS BIGINT) AS found, transfers.amount AS expected
      FROM transfers LEFT JOIN payables ON payables.transfer_id = transfers.id
     WHERE transfers.state IN ('SCHEDULED', 'ON_HOLD', 'IN_FILE', 'SENT', 'ACCEPTED', 'EXECUTED')
     GROUP BY transfers.id, transfers.marketplace_id, transfers.end_to_end_id, transfers.amount
    HAVING coalesce(sum(payables.net), 0) <> transfers.amount LIMIT ${FIRST}`,
  LINE_OF_DEAD_TRANSFER: sql<BreachRow>`
    SELECT payables.marketplace_id, 'payable ' || payables.id AS subject,
           coalesce(transfers.state, 'no transfer') AS found, 'a live or executed transfer' AS expected
      FROM payables LEFT JOIN transfers ON transfers.id = payables.transfer_id
     WHERE payables.transfer_id IS NOT NULL
       AND (transfers.id IS NULL OR transfers.state IN ('REJECTED', 'RETURNED', 'CANCELLED', 'ABORTED')
            OR transfers.seller_id <> payables.seller_id OR transfers.currency <> payables.currency) LIMIT ${FIRST}`,
  FILE_NOT_ITS_TRANSFERS: sql<BreachRow>`
    SELECT files.marketplace_id, 'file ' || files.message_id AS subject,
           count(transfers.id) || ' of ' || coalesce(sum(transfers.amount), 0) AS found,
           files.transfer_count || ' of ' || files.transfer_sum AS expected
      FROM transfer_files AS files LEFT JOIN transfers ON transfers.file_id = files.id
     WHERE files.state NOT IN ('REFUSED', 'CANCELLED')
     GROUP BY files.id, files.marketplace_id, files.message_id, files.transfer_count, files.transfer_sum
    HAVING count(transfers.id) <> files.transfer_count OR coalesce(sum(transfers.amount), 0) <> files.transfer_sum LIMIT ${FIRST}`,
  TRANSFER_WITHOUT_FILE: sql<BreachRow>`
    SELECT transfers.marketplace_id, 'transfer ' || transfers.end_to_end_id AS subject,
           transfers.state || ' in file ' || coalesce(files.message_id, 'none') || ' ' || coalesce(files.state, '') AS found,
           'a file that is in the state it says' AS expected
      FROM transfers LEFT JOIN transfer_files AS files ON files.id = transfers.file_id
     WHERE (transfers.state IN ('IN_FILE', 'SENT', 'ACCEPTED', 'EXECUTED', 'RETURNED') AND files.id IS NULL)
        OR (transfers.state IN ('SENT', 'ACCEPTED', 'EXECUTED', 'RETURNED')
            AND files.state IN ('AWAITING_APPROVAL', 'APPROVED', 'REFUSED', 'CANCELLED', 'UPLOADING', 'UPLOADED'))
     LIMIT ${FIRST}`,
  APPROVED_BY_MAKER: sql<BreachRow>`
    SELECT marketplace_id, 'file ' || message_id AS subject, coalesce(decided_by, 'nobody') AS found,
           'somebody other than ' || made_by AS expected
      FROM transfer_files
     WHERE state NOT IN ('AWAITING_APPROVAL', 'REFUSED', 'CANCELLED') AND lower(trim(coalesce(decided_by, ''))) IN ('', lower(trim(made_by)))
     LIMIT ${FIRST}`,
  EXECUTED_WITHOUT_ENTRY: sql<BreachRow>`
    SELECT transfers.marketplace_id, 'transfer ' || transfers.end_to_end_id AS subject, transfers.state AS found,
           'a booked bank entry of its amount' AS expected
      FROM transfers LEFT JOIN matches ON matches.transfer_id = transfers.id AND matches.kind = 'EXECUTED'
     WHERE transfers.state IN ('EXECUTED', 'RETURNED') AND (matches.id IS NULL OR matches.amount <> transfers.amount) LIMIT ${FIRST}`,
  SEQUENCE_GAP: sql<BreachRow>`
    SELECT marketplace_id, object_kind || ' ' || object_ref AS subject, count(*) AS found, max(sequence) AS expected
      FROM status_changes GROUP BY marketplace_id, object_kind, object_ref HAVING count(*) <> max(sequence) LIMIT ${FIRST}`,
  NOTIFICATION_MISSING: sql<BreachRow>`
    SELECT marketplace_id, object_kind || ' ' || object_ref || ', change ' || sequence AS subject,
           'none for endpoint ' || endpoint AS found, 'one notification' AS expected
      FROM (${untold(sql`endpoints.state = 'ACTIVE'`)}) AS missing ORDER BY id LIMIT ${FIRST}`,
} as const;

export async function breaches(db: Queries): Promise<readonly Breach[]> {
  const found: Breach[] = [];
  for (const [code, query] of Object.entries(CHECKS)) {
    const { rows } = await query.execute(db);
    found.push(
      ...rows.map((row) => ({
        code,
        where: row.subject,
        found: String(row.found),
        expected: String(row.expected),
        ...(row.marketplace_id === null ? {} : { marketplaceId: row.marketplace_id }),
      })),
    );
  }
  return found;
}

/** Frozen files one by one, bytes included: what is recounted from the very bytes that the bank gets. */
export async function* frozenFiles(db: Queries) {
  let last = 0n;
  for (;;) {
    const row = await db
      .selectFrom("transfer_files")
      .select(["id", "marketplace_id", "message_id", "bytes", "sha256", "transfer_count", "transfer_sum"])
      .where("id", ">", last)
      .orderBy("id")
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return;
    last = row.id;
    yield row;
  }
}

/** Stops or allows new files for a marketplace whose books were checked. */
export async function setBlocked(db: Queries, marketplaceId: bigint, reason: string | null): Promise<void> {
  await db.updateTable("marketplaces").set({ blocked_reason: reason }).where("id", "=", marketplaceId).execute();
}
