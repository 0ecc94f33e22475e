/** Kysely over PostgreSQL connections: all of a pool for reading, or the one that holds a transaction. */
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import type { Pool, PoolClient } from "pg";
import type { Schema } from "../schema.ts";
import { storeError } from "./store-error.ts";

/** The pool is ended by whoever opened it: Kysely would do so only after a query of its own. */
export function kyselyOver(pool: Pool, url: string): Kysely<Schema> {
  return kyselyWith(async () => {
    const client = await pool.connect().catch((error: unknown) => {
      throw storeError(error, url);
    });
    return asking(client, url, () => client.release());
  });
}

/** Its queries all go to this connection, which stays with whoever took it from the pool. */
export function kyselyOn(client: PoolClient, url: string): Kysely<Schema> {
  const asked = asking(client, url, () => undefined);
  return kyselyWith(async () => asked);
}

function kyselyWith(connect: PostgresPool["connect"]): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: { connect, end: async () => undefined } }) });
}

function asking(client: PoolClient, url: string, release: () => void): PostgresPoolClient {
  const query = async (text: string, parameters: readonly unknown[]) => {
    try {
      return await client.query(text, [...parameters]);
    } catch (error) {
      throw storeError(error, url);
    }
  };
  return { query: query as unknown as PostgresPoolClient["query"], release };
}
