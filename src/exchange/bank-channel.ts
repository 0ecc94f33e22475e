/** The port to a bank's mailbox: the few file operations that an exchange needs, whatever carries them. */

export interface RemoteFile {
  /** Base name as the bank gave it: untrusted, see remote-name.ts. */
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

export interface RemoteStat {
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** A file being written; nothing of it counts before `close` has returned. */
export interface RemoteWriter {
  /** Writes `bytes` at `position`; writes may overlap in time. Every byte is with the bank's server when it returns. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Asks the server to put the file on its disk; false when the server has no such request. */
  sync(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * One connection, used for one transfer and closed. Every failure is a RemitError whose code says what happened
 * (BANK_PERMISSION, BANK_FOLDER_MISSING, BANK_CONNECTION_LOST, BANK_TIMEOUT, ...). Paths are `folder/name` as the bank
 * sees them.
 */
export interface BankChannel {
  readonly kind: "sftp" | "folder";
  list(folder: string): Promise<readonly RemoteFile[]>;
  /** Undefined only when the server said plainly that there is no such file. */
  stat(path: string): Promise<RemoteStat | undefined>;
  /** The file's bytes in order; FILE_TOO_LARGE before more than `maxBytes` were handed out. */
  read(path: string, maxBytes: number): AsyncIterable<Uint8Array>;
  /** Creates a new file; BANK_TARGET_EXISTS when there is one of that name. */
  create(path: string): Promise<RemoteWriter>;
  /** Never overwrites: BANK_TARGET_EXISTS when `to` exists, BANK_FILE_MISSING when `from` does not. */
  rename(from: string, to: string): Promise<void>;
  /** BANK_FILE_MISSING when there is no such file. */
  remove(path: string): Promise<void>;
  /** Never fails and never waits long: what matters was confirmed before. */
  close(): Promise<void>;
}

/** `folder/name`, without doubling the slash of a root folder. */
export function remotePath(folder: string, name: string): string {
  return folder === "" || folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`;
}
