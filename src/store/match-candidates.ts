/** Transfers that open bank lines may be about: those under way, and those that a line names. */
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

/** `endToEndIds`, `messageIds`, `paymentIds`: what the open lines name, in any state of their transfers. */
export async function matchCandidates(
  db: Queries,
  marketplaceId: bigint,
  named: {
    readonly endToEndIds: readonly string[];
    readonly messageIds: readonly string[];
    readonly paymentIds: readonly string[];
  },
): Promise<readonly MatchCandidate[]> {
  const found = new Map<bigint, Awaited<ReturnType<typeof rowsWhere>>[number]>();
  const add = (rows: Awaited<ReturnType<typeof rowsWhere>>) => {
    for (const row of rows) found.set(row.id, row);
  };
  add(await rowsWhere(db, marketplaceId, "transfers.state", ["IN_FILE", "SENT", "ACCEPTED"]));
  for (const [column, values] of [
    ["transfers.end_to_end_id", named.endToEndIds],
    ["files.message_id", named.messageIds],
    ["transfers.payment_information_id", named.paymentIds],
  ] as const) {
    for (let start = 0; start < values.length; start += AT_ONCE) {
      add(await rowsWhere(db, marketplaceId, column, values.slice(start, start + AT_ONCE)));
    }
  }
  const rows = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const booked = await bookedBy(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row): MatchCandidate => {
    const entries = booked.get(row.id) ?? [];
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
  });
}

async function rowsWhere(
  db: Queries,
  marketplaceId: bigint,
  column: "transfers.state" | "transfers.end_to_end_id" | "files.message_id" | "transfers.payment_information_id",
  values: readonly string[],
) {
  return db
    .selectFrom("transfers")
    .innerJoin("transfer_files as files", "files.id", "transfers.file_id")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .innerJoin("marketplaces", "marketplaces.id", "transfers.marketplace_id")
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
    .where("transfers.marketplace_id", "=", marketplaceId)
    .where(({ eb, ref }) => eb(ref(column).$castTo<string>(), "in", values))
    .execute();
}

async function bookedBy(db: Queries, transferIds: readonly bigint[]) {
  const booked = new Map<bigint, { kind: string; identity: string }[]>();
  for (let start = 0; start < transferIds.length; start += AT_ONCE) {
    const rows = await db
      .selectFrom("matches")
      .innerJoin("bank_entries", "bank_entries.id", "matches.bank_entry_id")
      .select(["matches.transfer_id", "matches.kind", "bank_entries.identity"])
      .where("matches.transfer_id", "in", transferIds.slice(start, start + AT_ONCE))
      .orderBy("matches.id")
      .execute();
    for (const { transfer_id, ...row } of rows) {
      if (transfer_id === null) continue;
      booked.set(transfer_id, [...(booked.get(transfer_id) ?? []), row]);
    }
  }
  return booked;
}
