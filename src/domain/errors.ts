/** The one error class of the engine and the one table of its codes. */
import type { Finding } from "./finding.ts";

export interface ErrorTraits {
  /** `later`: the same call may succeed another time. `never`: trying again without a change is pointless. */
  readonly retry: "never" | "later";
  /** The HTTP status the service edge answers with. */
  readonly http: number;
  readonly says: string;
}

export const ERRORS = {
  INPUT_INVALID: { retry: "never", http: 400, says: "the input has faults" },
  MONEY_NOT_EXACT: { retry: "never", http: 400, says: "the amount has more decimals than its currency" },
  MONEY_MISMATCH: { retry: "never", http: 400, says: "amounts of different currencies do not mix" },
  CURRENCY_UNKNOWN: { retry: "never", http: 400, says: "the currency is not in ISO 4217" },
  CONFIG_INVALID: { retry: "never", http: 500, says: "the configuration has faults" },
  NOT_FOUND: { retry: "never", http: 404, says: "no such record" },
  DUPLICATE_DIFFERS: { retry: "never", http: 409, says: "the id exists with other content" },
  TRANSITION_REFUSED: { retry: "never", http: 409, says: "the event does not apply in this state" },
  APPROVAL_REFUSED: { retry: "never", http: 403, says: "this person may not approve this file" },
  CUTOFF_MISSED: { retry: "never", http: 409, says: "the file's execution date can no longer be met" },
  FILES_BLOCKED: { retry: "never", http: 409, says: "no new files for this marketplace until its books are right" },
  BOOKS_BROKEN: { retry: "never", http: 500, says: "an invariant of the books does not hold" },
  STORE_CONFLICT: { retry: "later", http: 409, says: "the record changed since it was read" },
  STORE_BUSY: { retry: "later", http: 503, says: "another process writes to this store" },
  STORE_NEWER: { retry: "never", http: 500, says: "the store's schema is newer than this program" },
  STORE_OUTDATED: { retry: "never", http: 500, says: "the store's schema is older than this program" },
  STORE_UNREACHABLE: { retry: "later", http: 503, says: "the store did not answer" },
  STORE_NOT_EMPTY: { retry: "never", http: 409, says: "the store to copy into is not empty" },
  COPY_DIFFERS: { retry: "never", http: 500, says: "the copy is not what was copied" },
  MIGRATION_CHANGED: { retry: "never", http: 500, says: "an applied migration differs from the one in this program" },
  FENCE_LOST: { retry: "never", http: 409, says: "another worker took this step over" },
  QUEUE_UNREACHABLE: { retry: "later", http: 503, says: "Redis did not answer" },
  QUEUE_UNSAFE: { retry: "never", http: 500, says: "Redis is set up so that it may lose or drop work" },
  GATEWAY_UNREACHABLE: { retry: "later", http: 503, says: "the payment gateway did not answer" },
  GATEWAY_REFUSED: { retry: "never", http: 502, says: "the payment gateway refused the operation" },
  PROFILE_INVALID: { retry: "never", http: 500, says: "the bank profile has faults" },
  BANK_FILE_INVALID: { retry: "never", http: 400, says: "the bank file has faults" },
  BANK_UNREACHABLE: { retry: "later", http: 503, says: "the bank's host did not answer" },
  BANK_HOST_KEY: { retry: "never", http: 502, says: "the bank's host key is not one of the pinned keys" },
  BANK_ALGORITHM: { retry: "never", http: 502, says: "the bank's server offers no algorithm that is allowed" },
  BANK_AUTH: { retry: "never", http: 502, says: "the bank's server did not accept our key or password" },
  BANK_TIMEOUT: { retry: "later", http: 504, says: "the exchange with the bank took longer than its deadline" },
  BANK_CONNECTION_LOST: { retry: "later", http: 502, says: "the connection to the bank was lost" },
  BANK_DISK_FULL: { retry: "later", http: 502, says: "the bank's disk is full or our quota is used up" },
  BANK_WRITE_FAILED: { retry: "later", http: 502, says: "the bank's server could not write our file" },
  BANK_PERMISSION: { retry: "never", http: 502, says: "the bank's server does not permit it" },
  BANK_FOLDER_MISSING: { retry: "never", http: 502, says: "the folder does not exist at the bank" },
  BANK_FILE_MISSING: { retry: "never", http: 502, says: "the file does not exist at the bank" },
  BANK_FILE_CHANGED: { retry: "later", http: 502, says: "the bank's file changed while it was read" },
  BANK_TARGET_EXISTS: { retry: "never", http: 502, says: "a file of that name exists at the bank" },
  BANK_REFUSED: { retry: "never", http: 502, says: "the bank's server refused the operation" },
  BANK_HASH_DIFFERS: { retry: "later", http: 502, says: "the bytes at the bank are not the bytes we sent" },
  REMOTE_NAME_INVALID: { retry: "never", http: 400, says: "the file name is not safe to use" },
  FILE_TOO_LARGE: { retry: "never", http: 413, says: "the file is larger than allowed" },
  ARCHIVE_DAMAGED: { retry: "never", http: 500, says: "an archived file is not what was archived" },
  PGP_KEY_INVALID: { retry: "never", http: 500, says: "the PGP key cannot be used" },
  PGP_REFUSED: { retry: "never", http: 400, says: "the PGP message cannot be opened or is not signed by the bank" },
  NOTIFICATION_REFUSED: { retry: "later", http: 502, says: "the endpoint did not accept the notification" },
  ADDRESS_FORBIDDEN: { retry: "never", http: 400, says: "the address may not be called" },
  UNAUTHENTICATED: { retry: "never", http: 401, says: "a valid key is needed" },
  MEDIA_TYPE_UNKNOWN: { retry: "never", http: 415, says: "the body is not of a type that this route reads" },
  FORBIDDEN: { retry: "never", http: 403, says: "this key may not do that" },
} as const satisfies Record<string, ErrorTraits>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorDetail {
  readonly where?: string;
  readonly found?: string;
  readonly expected?: string;
  readonly findings?: readonly Finding[];
  readonly cause?: unknown;
}

export class RemitError extends Error {
  override readonly name = "RemitError";
  readonly code: ErrorCode;
  readonly findings: readonly Finding[];

  constructor(code: ErrorCode, detail: ErrorDetail = {}) {
    super(describe(code, detail), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.findings = detail.findings ?? [asFinding(code, detail)];
  }

  get traits(): ErrorTraits {
    return ERRORS[this.code];
  }
}

function describe(code: ErrorCode, detail: ErrorDetail): string {
  const parts = [
    detail.where,
    detail.found === undefined ? undefined : `found ${detail.found}`,
    detail.expected === undefined ? undefined : `expected ${detail.expected}`,
  ].filter((part) => part !== undefined);
  const first = detail.findings?.[0];
  if (parts.length === 0 && first !== undefined) {
    parts.push(`${first.where}: found ${first.found}, expected ${first.expected}`);
  }
  return parts.length === 0 ? ERRORS[code].says : `${ERRORS[code].says}: ${parts.join(", ")}`;
}

function asFinding(code: ErrorCode, detail: ErrorDetail): Finding {
  return {
    code,
    where: detail.where ?? "",
    found: detail.found ?? ERRORS[code].says,
    expected: detail.expected ?? "",
  };
}
