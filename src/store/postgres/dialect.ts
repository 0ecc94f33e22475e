/** Kysely over PostgreSQL connections: all of a pool for reading, or the one that holds a transaction. */
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import type { Pool, PoolClient } from "pg";
import type { Schema } from "../schema.ts";
import { storeError } from "./store-error.ts";

export function kyselyOver(pool: Pool, url: string): Kysely<Schema> {
  return kyselyWith({
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw storeError(error, url);
      });
      return asking(client, url, () => client.release());
    },
    end: () => pool.end(),
  });
}

/** Its queries all go to this connection, which stays with whoever took it from the pool. */
export function kyselyOn(client: PoolClient, url: string): Kysely<Schema> {
  const asked = asking(client, url, () => undefined);
  return kyselyWith({ connect: async () => asked, end: async () => undefined });
}

function kyselyWith(pool: PostgresPool): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
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
