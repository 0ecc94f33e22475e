/** Turns what PostgreSQL and its connection fail with into coded errors that name the store, what was tried and what to do. */
import pg from "pg";
import { type ErrorCode, RemitError } from "../../domain/errors.ts";
import { maskUrl } from "../../domain/mask-url.ts";

const { DatabaseError } = pg;

interface Trouble {
  readonly code: ErrorCode;
  readonly expected: (url: URL) => string;
}

const START =
  "a PostgreSQL server: `sudo systemctl start postgresql`, or " +
  "`docker run -d -p 5432:5432 -e POSTGRES_PASSWORD=... postgres:16`";

const CREDENTIALS: Trouble = {
  code: "STORE_UNREACHABLE",
  expected: () => "a user and a password that the server accepts (and a line in its pg_hba.conf that admits them)",
};

/** SQLSTATE codes of refusals that are about the store as a whole, not about one statement. */
const REFUSALS: Readonly<Record<string, Trouble>> = {
  "28P01": CREDENTIALS,
  "28000": CREDENTIALS,
  "3D000": { code: "STORE_UNREACHABLE", expected: (url) => `that database: \`${createDatabase(url)}\` makes it` },
  "53300": {
    code: "STORE_UNREACHABLE",
    expected: () => "a free connection: raise max_connections or run fewer processes",
  },
  "55P03": { code: "STORE_BUSY", expected: () => "the rows or tables to be free within lock_timeout" },
  "57P01": { code: "STORE_UNREACHABLE", expected: () => START },
  "57P02": { code: "STORE_UNREACHABLE", expected: () => START },
  "57P03": { code: "STORE_UNREACHABLE", expected: () => "the server to finish starting" },
};

const NETWORK = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EPIPE"],
  "ENOENT",
]);

/** Errors of the driver's own that carry no code. */
const LOST =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered)/;

/** The coded error for trouble with the store as a whole; every other error as it is. */
export function storeError(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error instanceof RemitError) return error;
  const sqlState = error instanceof DatabaseError ? (error.code ?? "") : "";
  const trouble: Trouble | undefined =
    REFUSALS[sqlState] ?? (isLost(error, sqlState) ? { code: "STORE_UNREACHABLE", expected: () => START } : undefined);
  if (trouble === undefined) return error;
  return new RemitError(trouble.code, {
    where: `DATABASE_URL=${maskUrl(url)}`,
    found: whatWasTried(error),
    expected: trouble.expected(new URL(url)),
    cause: error,
  });
}

function isLost(error: Error, sqlState: string): boolean {
  const codes = attemptsOf(error).map(({ code }) => code ?? "");
  return sqlState.startsWith("08") || codes.some((code) => NETWORK.has(code)) || LOST.test(error.message);
}

interface Attempt {
  readonly message: string;
  readonly code?: string;
}

/** A name with several addresses is tried at each of them. */
function attemptsOf(error: Error): readonly Attempt[] {
  return error instanceof AggregateError ? (error.errors as Attempt[]) : [error as Attempt];
}

function whatWasTried(error: Error): string {
  return attemptsOf(error)
    .map(({ message }) => message)
    .join("; ");
}

function createDatabase(url: URL): string {
  const options = [
    ["-h", url.hostname],
    ["-p", url.port],
    ["-U", decodeURIComponent(url.username)],
  ] as const;
  const given = options.filter(([, value]) => value !== "").map((option) => option.join(" "));
  return ["createdb", ...given, decodeURIComponent(url.pathname.slice(1)) || "remit"].join(" ");
}
