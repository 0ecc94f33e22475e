/** A PostgreSQL server of its own for a test. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chownSync } from "node:fs";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { givenServer } from "./given-server.ts";
import { needPart } from "./parts.ts";
import { freePort, type ServerProcess, startServer } from "./server-process.ts";
import { tempDir } from "./temp-dir.ts";

export interface TestPostgres {
  /** `postgres://remit@127.0.0.1:PORT/postgres`; the user may create databases. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** Ends it by SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data, after `stop` or `kill`. */
  restart(): Promise<void>;
}

/**
 * Starts PostgreSQL on a free port of 127.0.0.1 with a fresh cluster in a temporary folder; fsync stays on. Where none is
 * installed it makes an empty database on the server of TEST_DATABASE_URL. `settings` such as `work_mem=16MB` are for a server
 * that it starts.
 */
export async function startPostgres(settings: readonly string[] = []): Promise<TestPostgres> {
  const given = givenServer("postgres");
  if (given !== undefined) return withOwnDatabase(given);
  const file = needPart("postgres");
  const folder = tempDir("remit-postgres-");
  const user = ordinaryUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  execFileSync(
    join(dirname(file), "initdb"),
    ["-D", data, "-U", "remit", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"],
    { cwd: folder, stdio: ["ignore", "ignore", "inherit"], ...(user ?? {}) },
  );
  const port = await freePort();
  const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-c", "shared_buffers=32MB"];
  for (const setting of settings) args.push("-c", setting);
  const isReady = () => acceptsQueries(file, port, folder, user);
  const start = () =>
    startServer({ file, args, cwd: folder, answers: isReady, ...(user === undefined ? {} : { user }) });
  let server: ServerProcess = await start();
  return {
    url: `postgres://remit@127.0.0.1:${port}/postgres`,
    port,
    get pid() {
      return server.pid;
    },
    // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients that are still connected.
    stop: () => server.end("SIGINT"),
    kill: () => server.end("SIGKILL"),
    restart: async () => {
      server = await start();
    },
  };
}

interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; undefined when we are an ordinary user already. */
function ordinaryUser(): UserIds | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // That user does not exist here: take the next.
    }
  }
  throw new Error("PostgreSQL does not run as root: create a user named postgres or run the tests as an ordinary user");
}

/** The port opens before the server is ready for queries, so its own program for that question is asked. */
async function acceptsQueries(file: string, port: number, cwd: string, user: UserIds | undefined): Promise<boolean> {
  try {
    const args = ["-q", "-h", "127.0.0.1", "-p", String(port), "-U", "remit", "-d", "postgres"];
    execFileSync(join(dirname(file), "pg_isready"), args, { cwd, stdio: "ignore", ...(user ?? {}) });
    return true;
  } catch {
    return false;
  }
}

/** Tests may meet on a server that was given, never in one database. */
async function withOwnDatabase(given: TestPostgres): Promise<TestPostgres> {
  const name = `remit_test_${randomUUID().replaceAll("-", "")}`;
  const say = async (sql: string) => {
    const client = new Client(given.url);
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await say(`create database ${name}`);
  const url = new URL(given.url);
  url.pathname = `/${name}`;
  return { ...given, url: url.toString(), stop: () => say(`drop database ${name} with (force)`) };
}
