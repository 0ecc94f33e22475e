/** Keeps what PostgreSQL's planner knows of tables near what they hold. */
import { sql } from "kysely";
import type { Queries } from "../store.ts";

const LOOK_EVERY_MS = 1_000;

/** Tables of which the planner was told nothing yet, or that changed by a quarter since; small ones are read whole in any case. */
const GROWN = sql<{ name: string }>`
  SELECT relname AS name FROM pg_stat_user_tables
   WHERE schemaname = current_schema() AND n_mod_since_analyze > 10000 AND n_mod_since_analyze > n_live_tup / 4`;

/**
 * PostgreSQL looks at a table that grew when its next minute comes, and plans until then as if it knew nothing: the booking
 * of a first night of a million items was planned so that one statement took hours instead of a second. So transactions
 * ask before they begin whether a table has grown much, and have it looked at: once a second, and those that work on much
 * each time, as they often follow what made a table grow.
 */
export class Statistics {
  readonly #db: Queries;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #look: Promise<void> = Promise.resolve();

  constructor(db: Queries) {
    this.#db = db;
  }

  follow(worksOnMuch: boolean): Promise<void> {
    const now = performance.now();
    if (worksOnMuch || now - this.#lookedAt >= LOOK_EVERY_MS) {
      this.#lookedAt = now;
      this.#look = this.#lookAtGrown().catch((error: unknown) => {
        this.#lookedAt = Number.NEGATIVE_INFINITY;
        throw error;
      });
    }
    return this.#look;
  }

  async #lookAtGrown(): Promise<void> {
    const { rows } = await GROWN.execute(this.#db);
    if (rows.length === 0) return;
    const tables = sql.join(rows.map(({ name }) => sql.table(name)));
    // One that another process looks at just now need not be looked at twice.
    await sql`ANALYZE (SKIP_LOCKED) ${tables}`.execute(this.#db);
  }
}
