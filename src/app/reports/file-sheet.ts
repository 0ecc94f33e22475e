/** The validation sheet of a transfer file as a value: what finance checks and signs before the file may go. */
import { createHash } from "node:crypto";
import { extractIBAN } from "ibantools";
import { recount } from "../../bankfiles/write/recount.ts";
import { maskIban } from "../../domain/account-number.ts";
import { type Money, money } from "../../domain/money.ts";
import type { Marketplace } from "../../store/marketplaces.ts";
import {
  bytesOf,
  type FileHead,
  type FileTransfer,
  fileBefore,
  heldOut,
  largestIn,
  newAccountsIn,
  payeesInBoth,
  payeesOf,
  repeatedIn,
  transfersAfter,
} from "../../store/reports/file-sheets.ts";
import type { Queries } from "../../store/store.ts";
import { type ReportHead, reportHead } from "./report-head.ts";
import { holdSays, type Tally } from "./settlement-report.ts";

export interface SheetTransfer {
  readonly endToEndId: string;
  readonly seller: string;
  readonly name: string;
  /** First and last four characters. */
  readonly account: string;
  readonly amount: Money;
}

export interface FileSheet {
  readonly head: ReportHead;
  readonly file: {
    readonly messageId: string;
    readonly sha256: string;
    readonly remoteName: string;
    readonly bank: string;
    readonly profile: string;
    readonly debtor: string;
    readonly state: string;
    readonly executionDate: string;
    readonly count: number;
    readonly sum: Money;
    readonly madeBy: string;
    readonly madeAt: string;
    readonly decidedBy?: string;
    readonly decidedAt?: string;
    readonly decisionReason?: string;
  };
  /** Counted again from the frozen bytes, by code that shares nothing with the writer. */
  readonly recounted: {
    readonly sha256: string;
    readonly count: number;
    readonly sum: Money;
    readonly agrees: boolean;
  };
  readonly banks: readonly (Tally & { readonly country: string; readonly bank: string })[];
  readonly largest: readonly SheetTransfer[];
  /** Accounts that their seller was not paid to before, with the one before where there is one. */
  readonly newAccounts: readonly (SheetTransfer & { readonly accountBefore?: string })[];
  readonly repeated: readonly { readonly account: string; readonly amount: Money; readonly times: number }[];
  readonly before?: {
    readonly messageId: string;
    readonly executionDate: string;
    readonly count: number;
    readonly sum: Money;
    readonly payeesInBoth: number;
    readonly payeesOnlyHere: number;
    readonly payeesOnlyThere: number;
  };
  readonly heldOut: readonly (Tally & { readonly reason: string; readonly says: string })[];
}

const LARGEST = 10;
const AT_ONCE = 5_000;

export async function loadFileSheet(
  db: Queries,
  marketplace: Marketplace,
  file: FileHead,
  now: Date,
): Promise<FileSheet> {
  const amount = (minor: bigint) => money(file.currency, minor);
  const before = await fileBefore(db, marketplace.id, file);
  return {
    head: reportHead(marketplace, file.business_date, now),
    file: fileOf(file, marketplace),
    recounted: recounted(await bytesOf(db, file.id), file),
    banks: await banksOf(db, file),
    largest: (await largestIn(db, file.id, LARGEST)).map(sheetTransfer),
    newAccounts: (await newAccountsIn(db, file.id)).map((row) => ({
      ...sheetTransfer(row),
      ...(row.account_before === null ? {} : { accountBefore: maskIban(row.account_before) }),
    })),
    repeated: (await repeatedIn(db, file.id)).map((row) => ({
      account: maskIban(row.creditor_iban),
      amount: amount(row.amount),
      times: Number(row.transfers),
    })),
    ...(before === undefined ? {} : { before: await compared(db, file, before) }),
    heldOut: (await heldOut(db, marketplace.id, file.currency)).map((row) => ({
      reason: row.hold_reason,
      says: holdSays(row.hold_reason) ?? row.hold_reason,
      count: Number(row.transfers),
      amount: amount(row.amount),
    })),
  };
}

function fileOf(file: FileHead, { row }: Marketplace): FileSheet["file"] {
  return {
    messageId: file.message_id,
    sha256: file.sha256,
    remoteName: file.remote_name,
    bank: file.bank,
    profile: file.bank_profile,
    debtor: `${row.debtor_name}, ${maskIban(row.debtor_iban)}`,
    state: file.state,
    executionDate: file.execution_date,
    count: Number(file.transfer_count),
    sum: money(file.currency, file.transfer_sum),
    madeBy: file.made_by,
    madeAt: file.made_at,
    ...(file.decided_by === null ? {} : { decidedBy: file.decided_by }),
    ...(file.decided_at === null ? {} : { decidedAt: file.decided_at }),
    ...(file.decision_reason === null ? {} : { decisionReason: file.decision_reason }),
  };
}

function recounted(bytes: Uint8Array, file: FileHead): FileSheet["recounted"] {
  const counted = recount([bytes]);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const same =
    sha256 === file.sha256 &&
    counted.agrees &&
    counted.messageId === file.message_id &&
    BigInt(counted.count) === file.transfer_count &&
    counted.sumMinor === file.transfer_sum;
  return { sha256, count: counted.count, sum: money(file.currency, counted.sumMinor), agrees: same };
}

/** All transfers of a file, in pages, so that memory does not grow with them. */
export async function* transfersOf(db: Queries, fileId: bigint): AsyncGenerator<readonly FileTransfer[]> {
  let last = 0n;
  for (;;) {
    const page = await transfersAfter(db, fileId, last, AT_ONCE);
    if (page.length > 0) yield page;
    if (page.length < AT_ONCE) return;
    last = page.at(-1)?.id ?? last;
  }
}

async function banksOf(db: Queries, file: FileHead): Promise<FileSheet["banks"]> {
  const sums = new Map<string, { country: string; bank: string; count: number; minor: bigint }>();
  for await (const page of transfersOf(db, file.id)) {
    for (const { creditor_iban, amount } of page) {
      const [country, bank] = bankOf(creditor_iban ?? "");
      const key = `${country} ${bank}`;
      const sum = sums.get(key) ?? { country, bank, count: 0, minor: 0n };
      sums.set(key, { ...sum, count: sum.count + 1, minor: sum.minor + amount });
    }
  }
  return [...sums.values()]
    .sort((a, b) => (a.minor === b.minor ? (a.bank < b.bank ? -1 : 1) : a.minor > b.minor ? -1 : 1))
    .map(({ country, bank, count, minor }) => ({ country, bank, count, amount: money(file.currency, minor) }));
}

/** Country and bank identifier of an IBAN, where the registry says where the identifier stands. */
function bankOf(iban: string): readonly [country: string, bank: string] {
  return [iban.slice(0, 2), extractIBAN(iban).bankIdentifier ?? ""];
}

export function sheetTransfer(row: FileTransfer): SheetTransfer {
  return {
    endToEndId: row.end_to_end_id,
    seller: row.seller,
    name: row.creditor_name ?? "",
    account: maskIban(row.creditor_iban ?? ""),
    amount: money(row.currency, row.amount),
  };
}

async function compared(db: Queries, file: FileHead, before: FileHead): Promise<NonNullable<FileSheet["before"]>> {
  const both = await payeesInBoth(db, file.id, before.id);
  return {
    messageId: before.message_id,
    executionDate: before.execution_date,
    count: Number(before.transfer_count),
    sum: money(before.currency, before.transfer_sum),
    payeesInBoth: both,
    payeesOnlyHere: (await payeesOf(db, file.id)) - both,
    payeesOnlyThere: (await payeesOf(db, before.id)) - both,
  };
}
