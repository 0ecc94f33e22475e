/** Files that banks sent: each content once by its hash, its bytes in pieces so that none is ever held whole. */
import { sql } from "kysely";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { INBOUND_FILE_LIFECYCLE, type InboundFileState } from "../domain/inbound-file.ts";
import { statesAccepting } from "../domain/lifecycle.ts";
import type { Queries, Transaction, Value } from "./store.ts";

export interface ReceivedFile {
  readonly bank: string;
  readonly remoteName: string;
  readonly sha256: string;
  readonly size: number;
  /** From its beginning each time it is asked for: a transaction may run again. */
  readonly content: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** As the bank's server showed it. */
  readonly modifiedAt?: Date;
  /** Its path in the archive. */
  readonly archivedAs?: string;
  readonly now: Date;
}

export type Recorded = { readonly kind: "new" | "known" | "duplicate"; readonly id: bigint };

/**
 * Keeps a file: `new` content, content `known` under the same name (fetched again after a crash), or a `duplicate`: the same
 * content under another name, recorded without its bytes and never applied.
 */
export async function recordInbound(tx: Transaction, file: ReceivedFile): Promise<Recorded> {
  const same = await tx.db
    .selectFrom("inbound_files")
    .select(["id", "remote_name"])
    .where("bank", "=", file.bank)
    .where("sha256", "=", file.sha256)
    .orderBy("id")
    .execute();
  const modifiedAt = file.modifiedAt?.toISOString() ?? null;
  const named = same.find((row) => row.remote_name === file.remoteName);
  if (named !== undefined) {
    const seen = tx.db.updateTable("inbound_files").set({ remote_modified_at: modifiedAt });
    await seen.where("id", "=", named.id).execute();
    return { kind: "known", id: named.id };
  }
  const [first] = same;
  const id = await tx.reserveIds("inbound_files", 1);
  await tx.db
    .insertInto("inbound_files")
    .values({
      id,
      bank: file.bank,
      remote_name: file.remoteName,
      sha256: file.sha256,
      size: BigInt(file.size),
      remote_modified_at: modifiedAt,
      archived_as: file.archivedAs ?? null,
      state: first === undefined ? "RECEIVED" : "DUPLICATE",
      duplicate_of: first?.id ?? null,
      received_at: file.now.toISOString(),
    })
    .execute();
  if (first === undefined) await insertPieces(tx, id, file.content());
  return { kind: first === undefined ? "new" : "duplicate", id };
}

const PIECE_BYTES = 1024 * 1024;

async function insertPieces(tx: Transaction, id: bigint, content: ReturnType<ReceivedFile["content"]>): Promise<void> {
  let position = 0n;
  for await (const bytes of ofOneSize(content)) {
    const row: Value[] = [id, position, bytes];
    await tx.insertMany("inbound_chunks", ["inbound_file_id", "position", "bytes"], [row]);
    position += 1n;
  }
}

async function* ofOneSize(content: ReturnType<ReceivedFile["content"]>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of content) {
    waiting.push(piece);
    size += piece.length;
    if (size < PIECE_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}

/** The bytes of a file in order, one piece in memory at a time. */
export async function* inboundPieces(db: Queries, id: bigint): AsyncGenerator<Uint8Array> {
  for (let position = 0n; ; position += 1n) {
    const row = await db
      .selectFrom("inbound_chunks")
      .select("bytes")
      .where("inbound_file_id", "=", id)
      .where("position", "=", position)
      .executeTakeFirst();
    if (row === undefined) return;
    yield row.bytes;
  }
}

export interface InboundFile {
  readonly id: bigint;
  readonly bank: string;
  readonly remoteName: string;
  readonly sha256: string;
  readonly size: bigint;
  readonly state: InboundFileState;
}

const files = (db: Queries) =>
  db
    .selectFrom("inbound_files")
    .select(["id", "bank", "remote_name as remoteName", "sha256", "size", "state", "duplicate_of as duplicateOf"]);

export async function inboundFile(db: Queries, id: bigint) {
  return files(db).where("id", "=", id).executeTakeFirst();
}

/** Received and not applied yet, one at a time in the order they came. */
export async function nextWaiting(db: Queries, afterId: bigint): Promise<InboundFile | undefined> {
  return files(db).where("state", "=", "RECEIVED").where("id", ">", afterId).orderBy("id").limit(1).executeTakeFirst();
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
  const event = end.state === "APPLIED" ? "apply" : "quarantine";
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
    .where("state", "in", statesAccepting(INBOUND_FILE_LIFECYCLE, event))
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) {
    throw new RemitError("STORE_CONFLICT", {
      where: `inbound file ${end.id}`,
      found: "applied already",
      expected: "RECEIVED",
    });
  }
}

export interface SeenFile {
  readonly name: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

const AT_ONCE = 500;

/** Which of these files a bank that keeps its files was relieved of before: same name, size and time of change. */
export async function fetchedBefore(
  db: Queries,
  bank: string,
  seen: readonly SeenFile[],
): Promise<ReadonlySet<string>> {
  const fetched = new Set<string>();
  for (let start = 0; start < seen.length; start += AT_ONCE) {
    const part = seen.slice(start, start + AT_ONCE);
    const names = sql.join(part.map(({ name }) => name));
    const { rows } = await sql<{ remote_name: string; size: bigint; remote_modified_at: string | null }>`
      SELECT remote_name, size, remote_modified_at FROM inbound_files
       WHERE bank = ${bank} AND remote_name IN (${names})`.execute(db);
    const known = new Set(rows.map((row) => `${row.remote_name}\n${row.size}\n${row.remote_modified_at}`));
    for (const { name, size, modifiedAt } of part) {
      if (known.has(`${name}\n${size}\n${modifiedAt.toISOString()}`)) fetched.add(name);
    }
  }
  return fetched;
}
