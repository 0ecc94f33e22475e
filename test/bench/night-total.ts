/** Count and sum of all transfer files: both sides of the night benchmark must come to the same. */
import { sql } from "kysely";
import type { Store } from "../../src/store/store.ts";

export async function totalOfFiles(store: Store): Promise<string> {
  const { rows } = await sql<{ count: bigint; sum: bigint }>`
    SELECT CAST(sum(transfer_count) AS BIGINT) AS count, CAST(sum(transfer_sum) AS BIGINT) AS sum FROM transfer_files`.execute(
    store.db,
  );
  return `${rows[0]?.count} transfers, ${rows[0]?.sum} cents`;
}
