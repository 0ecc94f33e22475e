/** A transfer file as we sent it, indexed so that a bank's report about it can be laid beside it. */

export interface KnownTransfer {
  readonly endToEndId: string;
  readonly instructionId?: string;
  readonly paymentInformationId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

export interface KnownFile {
  /** The MsgId we sent. */
  readonly messageId: string;
  readonly transfers: readonly KnownTransfer[];
}

/** Finds the file we sent under a MsgId; undefined means that no such file was ever sent. */
export type FileLookup = (messageId: string) => KnownFile | undefined;

export interface KnownFileIndex {
  readonly file: KnownFile;
  readonly byEndToEndId: ReadonlyMap<string, readonly KnownTransfer[]>;
  readonly byInstructionId: ReadonlyMap<string, readonly KnownTransfer[]>;
  readonly byPayment: ReadonlyMap<string, readonly KnownTransfer[]>;
}

export function indexFile(file: KnownFile): KnownFileIndex {
  return {
    file,
    byEndToEndId: group(file.transfers, (transfer) => transfer.endToEndId),
    byInstructionId: group(file.transfers, (transfer) => transfer.instructionId),
    byPayment: group(file.transfers, (transfer) => transfer.paymentInformationId),
  };
}

function group<T>(rows: readonly T[], keyOf: (row: T) => string | undefined): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === undefined) continue;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [row]);
    else members.push(row);
  }
  return groups;
}
