/** What ssh2 and an SFTP server report, as the engine's own error codes. */
import { type ErrorCode, RemitError } from "../../domain/errors.ts";

/** SFTP status codes: 0 to 8 of version 3, and those of later versions that servers send all the same. */
export const STATUS = {
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  NO_CONNECTION: 6,
  CONNECTION_LOST: 7,
  UNSUPPORTED: 8,
  NO_SUCH_PATH: 10,
  ALREADY_EXISTS: 11,
  WRITE_PROTECT: 12,
  DISK_FULL: 14,
  QUOTA_EXCEEDED: 15,
} as const;

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  [STATUS.NO_SUCH_FILE]: "BANK_FILE_MISSING",
  [STATUS.PERMISSION_DENIED]: "BANK_PERMISSION",
  [STATUS.FAILURE]: "BANK_REFUSED",
  [STATUS.NO_CONNECTION]: "BANK_CONNECTION_LOST",
  [STATUS.CONNECTION_LOST]: "BANK_CONNECTION_LOST",
  [STATUS.UNSUPPORTED]: "BANK_REFUSED",
  [STATUS.NO_SUCH_PATH]: "BANK_FOLDER_MISSING",
  [STATUS.ALREADY_EXISTS]: "BANK_TARGET_EXISTS",
  [STATUS.WRITE_PROTECT]: "BANK_PERMISSION",
  [STATUS.DISK_FULL]: "BANK_DISK_FULL",
  [STATUS.QUOTA_EXCEEDED]: "BANK_DISK_FULL",
};

/** Socket errors before the SSH handshake. */
const UNREACHABLE = new Set(["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "EAI_AGAIN"]);

interface Ssh2Error {
  readonly message?: string;
  readonly code?: string | number;
  readonly level?: string;
}

/** A failed SFTP request. An answer without a status means that there was no answer: the connection is gone. */
export function requestError(cause: unknown, where: string): RemitError {
  const { code, message } = cause as Ssh2Error;
  if (typeof code !== "number") return connectionError(cause, where);
  return new RemitError(BY_STATUS[code] ?? "BANK_REFUSED", {
    where,
    found: `status ${code} (${oneLine(message)})`,
    cause,
  });
}

/** A connection that could not be opened, or that broke. */
export function connectionError(cause: unknown, where: string): RemitError {
  if (cause instanceof RemitError) return cause;
  return new RemitError(connectionCode(cause as Ssh2Error), {
    where,
    found: oneLine((cause as Ssh2Error).message),
    cause,
  });
}

function connectionCode({ code, level, message = "" }: Ssh2Error): ErrorCode {
  // A server that ends the connection over our log-in says why in its own words, e.g. "Too many authentication failures".
  if (level === "client-authentication" || /authentication/i.test(message)) return "BANK_AUTH";
  if (level === "handshake" && /no matching/i.test(message)) return "BANK_ALGORITHM";
  if (level === "client-timeout" && /handshake/i.test(message)) return "BANK_TIMEOUT";
  if (/subsystem/i.test(message)) return "BANK_REFUSED";
  if (typeof code === "string" && UNREACHABLE.has(code)) return "BANK_UNREACHABLE";
  return "BANK_CONNECTION_LOST";
}

function oneLine(text = ""): string {
  return text.replaceAll(/[^\x20-\x7e]+/g, " ").slice(0, 200);
}

/** The status a server answered with, for what a code alone does not tell. */
export function statusOf(error: unknown): number | undefined {
  const code = error instanceof RemitError ? (error.cause as Ssh2Error | undefined)?.code : undefined;
  return typeof code === "number" ? code : undefined;
}
