/** What the file system reports, as the engine's own error codes. */
import { type ErrorCode, RemitError } from "../../domain/errors.ts";

const BY_CODE: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "BANK_FILE_MISSING",
  ENOTDIR: "BANK_FOLDER_MISSING",
  EEXIST: "BANK_TARGET_EXISTS",
  EACCES: "BANK_PERMISSION",
  EPERM: "BANK_PERMISSION",
  EROFS: "BANK_PERMISSION",
  ENOSPC: "BANK_DISK_FULL",
  EDQUOT: "BANK_DISK_FULL",
  EFBIG: "BANK_DISK_FULL",
  EIO: "BANK_WRITE_FAILED",
  ESTALE: "BANK_CONNECTION_LOST",
  EHOSTDOWN: "BANK_CONNECTION_LOST",
  ENOTCONN: "BANK_CONNECTION_LOST",
  ETIMEDOUT: "BANK_TIMEOUT",
};

/** A failed operation on the mounted folder. */
export function requestError(cause: unknown, where: string): RemitError {
  if (cause instanceof RemitError) return cause;
  const { code = "" } = cause as NodeJS.ErrnoException;
  return new RemitError(BY_CODE[code] ?? "BANK_REFUSED", { where, found: code, cause });
}
