/** An empty database of its own on a server, for one run of a benchmark. */
import { Client } from "pg";

export async function freshDatabase(server: string, name: string): Promise<string> {
  const client = new Client(server);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`).finally(() => client.end());
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.toString();
}

export async function dropDatabase(server: string, url: string): Promise<void> {
  const client = new Client(server);
  await client.connect();
  await client.query(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`).finally(() => client.end());
}

/** What an operator gives a server with some memory; the engine and its floor run on the same one. */
export const SERVER_SETTINGS = ["shared_buffers=1GB", "max_wal_size=4GB", "checkpoint_timeout=15min"] as const;
