/** Files that banks sent, kept whole by the hash of their content. */
import { sql } from "kysely";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import type { InboundFileState } from "../domain/inbound-file.ts";
import type { Queries, Transaction } from "./store.ts";

export interface ReceivedFile {
  readonly bank: string;
  readonly remoteName: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly now: Date;
}

export type Recorded = { readonly kind: "new" | "known" | "duplicate"; readonly id: bigint };

/**
 * Keeps a file: `new` content, content `known` under the same name (fetched again after a crash), or a `duplicate`: the same
 * content under another name, recorded and never applied.
 */
export async function recordInbound(tx: Transaction, file: ReceivedFile): Promise<Recorded> {
  const same = await tx.db
    .selectFrom("inbound_files")
    .select(["id", "remote_name", "state"])
    .where("bank", "=", file.bank)
    .where("sha256", "=", file.sha256)
    .orderBy("id")
    .execute();
  const named = same.find((row) => row.remote_name === file.remoteName);
  if (named !== undefined) return { kind: "known", id: named.id };
  const [first] = same;
  const id = await tx.reserveIds("inbound_files", 1);
  await tx.db
    .insertInto("inbound_files")
    .values({
      id,
      bank: file.bank,
      remote_name: file.remoteName,
      sha256: file.sha256,
      bytes: file.bytes,
      state: first === undefined ? "RECEIVED" : "DUPLICATE",
      duplicate_of: first?.id ?? null,
      received_at: file.now.toISOString(),
    })
    .execute();
  return { kind: first === undefined ? "new" : "duplicate", id };
}

export interface WaitingFile {
  readonly id: bigint;
  readonly bank: string;
  readonly remoteName: string;
  readonly bytes: Uint8Array;
}

/** Received and not applied yet, one at a time in the order they came. */
export async function nextWaiting(db: Queries, afterId: bigint): Promise<WaitingFile | undefined> {
  const row = await db
    .selectFrom("inbound_files")
    .select(["id", "bank", "remote_name", "bytes"])
    .where("state", "=", "RECEIVED")
    .where("id", ">", afterId)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { id: row.id, bank: row.bank, remoteName: row.remote_name, bytes: row.bytes };
}

export interface InboundEnd {
  readonly id: bigint;
  readonly state: Extract<InboundFileState, "APPLIED" | "QUARANTINED">;
  readonly kind?: string;
  readonly messageId?: string;
  readonly findings: readonly Finding[];
  readonly now: Date;
}

/** Ends the reading of a file, once: another reader that came first is STORE_CONFLICT. */
export async function endInbound(tx: Transaction, end: InboundEnd): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("inbound_files")
    .set({
      state: end.state,
      kind: end.kind ?? null,
      message_id: end.messageId ?? null,
      findings: JSON.stringify(end.findings),
      applied_at: end.now.toISOString(),
    })
    .where("id", "=", end.id)
    .where("state", "in", ["RECEIVED", "QUARANTINED"])
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) {
    throw new RemitError("STORE_CONFLICT", {
      where: `inbound file ${end.id}`,
      found: "applied already",
      expected: "RECEIVED",
    });
  }
}

/** Names and sizes already fetched from a bank that keeps its files, so that they are not fetched again and again. */
export async function fetchedSizes(db: Queries, bank: string): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await sql<{ remote_name: string; size: bigint }>`
    SELECT remote_name, length(bytes) AS size FROM inbound_files WHERE bank = ${bank}`.execute(db);
  return new Map(rows.map((row) => [row.remote_name, BigInt(row.size)]));
}
