/** Transfers that open bank lines may be about: found by what a line names, by amount, or because they are under way. */
import { sql } from "kysely";
import type { TransferState } from "../domain/transfer.ts";
import type { Queries } from "./store.ts";

export interface MatchCandidate {
  readonly id: bigint;
  readonly sellerId: bigint;
  readonly seller: string;
  readonly endToEndId: string;
  readonly paymentInformationId: string;
  readonly messageId: string;
  readonly account: string;
  readonly iban: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly state: TransferState;
  readonly executionDate: string;
  readonly businessDate: string;
  readonly fileId: bigint;
  readonly standing: string | null;
  readonly bookedBy: readonly string[];
  readonly returnedBy?: string;
}

const AT_ONCE = 500;

/** By EndToEndId, which is the InstrId too, in any state. */
export function candidatesNamed(db: Queries, marketplaceId: bigint, endToEndIds: readonly string[]) {
  return byParts(db, endToEndIds, (part) =>
    rowsOf(db, marketplaceId).where("transfers.end_to_end_id", "in", part).execute(),
  );
}

export function candidatesById(db: Queries, marketplaceId: bigint, ids: readonly bigint[]) {
  return byParts(db, ids, (part) => rowsOf(db, marketplaceId).where("transfers.id", "in", part).execute());
}

/** All transfers of the payments and files with these PmtInfIds or MsgIds. */
export async function candidatesOfPayments(db: Queries, marketplaceId: bigint, names: readonly string[]) {
  const ofFiles = await byParts(db, names, (part) =>
    rowsOf(db, marketplaceId).where("files.message_id", "in", part).execute(),
  );
  const ofPayments = await byParts(db, names, (part) =>
    rowsOf(db, marketplaceId).where("transfers.payment_information_id", "in", part).execute(),
  );
  return [...new Map([...ofFiles, ...ofPayments].map((candidate) => [candidate.id, candidate])).values()];
}

/** By amount (minor units, of any currency), in files to be executed from `from` to `to`, both included. */
export async function candidatesAlike(
  db: Queries,
  marketplaceId: bigint,
  wanted: { readonly amounts: readonly bigint[]; readonly from: string; readonly to: string },
): Promise<readonly MatchCandidate[]> {
  const files = await db
    .selectFrom("transfer_files")
    .select("id")
    .where("marketplace_id", "=", marketplaceId)
    .where("execution_date", ">=", wanted.from)
    .where("execution_date", "<=", wanted.to)
    .execute();
  const ids = files.map(({ id }) => id);
  if (ids.length === 0) return [];
  return byParts(db, wanted.amounts, (part) =>
    rowsOf(db, marketplaceId).where("transfers.file_id", "in", ids).where("transfers.amount", "in", part).execute(),
  );
}

/** Those the bank has and has not booked, of files to be executed before `before`: file by file, the oldest first. */
export async function* candidatesUnderWay(
  db: Queries,
  marketplaceId: bigint,
  before: string,
): AsyncGenerator<readonly MatchCandidate[]> {
  const files = await db
    .selectFrom("transfer_files as files")
    .select("files.id")
    .where("files.marketplace_id", "=", marketplaceId)
    .where("files.execution_date", "<", before)
    .where("files.id", "in", (query) =>
      query
        .selectFrom("transfers")
        .select(({ ref }) => ref("transfers.file_id").$castTo<bigint>().as("file_id"))
        .where("transfers.marketplace_id", "=", marketplaceId)
        .where("transfers.state", "in", UNDER_WAY),
    )
    .orderBy("files.execution_date")
    .orderBy("files.message_id")
    .execute();
  for (const { id } of files) {
    yield await byParts(db, [id], () =>
      rowsOf(db, marketplaceId).where("transfers.file_id", "=", id).where("transfers.state", "in", UNDER_WAY).execute(),
    );
  }
}

const UNDER_WAY: readonly TransferState[] = ["SENT", "ACCEPTED"];

type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>["execute"]>>[number];

/** Many values are asked for in parts; the candidates come in the order of their ids, each with what booked it. */
async function byParts<T>(
  db: Queries,
  values: readonly T[],
  ask: (part: readonly T[]) => Promise<readonly Row[]>,
): Promise<readonly MatchCandidate[]> {
  const rows: Row[] = [];
  for (let start = 0; start < values.length; start += AT_ONCE) {
    for (const row of await ask(values.slice(start, start + AT_ONCE))) rows.push(row);
  }
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const booked = await bookedBy(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => candidateOf(row, booked.get(row.id) ?? []));
}

function candidateOf(row: Row, entries: readonly Booking[]): MatchCandidate {
  const returned = entries.find(({ kind }) => kind === "RETURNED");
  return {
    id: row.id,
    sellerId: row.seller_id,
    seller: row.seller,
    endToEndId: row.end_to_end_id,
    paymentInformationId: row.payment_information_id ?? "",
    messageId: row.message_id,
    account: row.debtor_iban,
    iban: row.creditor_iban ?? "",
    amount: row.amount,
    currency: row.currency,
    state: row.state,
    executionDate: row.execution_date,
    businessDate: row.business_date,
    fileId: row.file_id ?? 0n,
    standing: row.standing,
    bookedBy: entries.filter(({ kind }) => kind === "EXECUTED").map(({ identity }) => identity),
    ...(returned === undefined ? {} : { returnedBy: returned.identity }),
  };
}

function rowsOf(db: Queries, marketplaceId: bigint) {
  return db
    .selectFrom("transfers")
    .innerJoin("transfer_files as files", "files.id", "transfers.file_id")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .innerJoin("marketplaces", (join) => join.on(OF_MARKETPLACE, "=", ({ ref }) => ref("marketplaces.id")))
    .select([
      "transfers.id",
      "transfers.seller_id",
      "sellers.ref as seller",
      "transfers.end_to_end_id",
      "transfers.payment_information_id",
      "files.message_id",
      "marketplaces.debtor_iban",
      "transfers.creditor_iban",
      "transfers.amount",
      "transfers.currency",
      "transfers.state",
      "files.execution_date",
      "transfers.business_date",
      "transfers.file_id",
      "transfers.standing",
    ])
    .where("marketplaces.id", "=", marketplaceId);
}

/** In the words of the index of these matches. */
const OF_TRANSFERS = sql<boolean>`matches.kind IN ('EXECUTED', 'RETURNED')`;

/** The sign keeps SQLite from reading all transfers of the marketplace where a few are asked for by name. */
const OF_MARKETPLACE = sql<bigint>`+transfers.marketplace_id`;

interface Booking {
  readonly kind: string;
  readonly identity: string;
}

async function bookedBy(db: Queries, transferIds: readonly bigint[]) {
  const booked = new Map<bigint, Booking[]>();
  for (let start = 0; start < transferIds.length; start += AT_ONCE) {
    const rows = await db
      .selectFrom("matches")
      .innerJoin("bank_entries", "bank_entries.id", "matches.bank_entry_id")
      .select(["matches.transfer_id", "matches.kind", "bank_entries.identity"])
      .where("matches.transfer_id", "in", transferIds.slice(start, start + AT_ONCE))
      .where(OF_TRANSFERS)
      .orderBy("matches.id")
      .execute();
    for (const { transfer_id, ...row } of rows) {
      if (transfer_id === null) continue;
      booked.set(transfer_id, [...(booked.get(transfer_id) ?? []), row]);
    }
  }
  return booked;
}
