/** The validation sheet of a transfer file on paper, with the lines to sign, and its transfers as CSV. */
import { money } from "../../domain/money.ts";
import type { Queries } from "../../store/store.ts";
import { csvLine } from "./csv.ts";
import { type FileSheet, type SheetTransfer, sheetTransfer, transfersOf } from "./file-sheet.ts";
import {
  code,
  counted,
  left,
  type Page,
  type PageCell,
  right,
  type Section,
  shortened,
  state,
  type Table,
} from "./page.ts";
import { instantText, shown } from "./render-html.ts";

/** Rows of a list that somebody still reads on paper. */
const LISTED = 100;

export function fileSheetPage(sheet: FileSheet): Page {
  const { head, file, newAccounts, repeated } = sheet;
  return {
    head,
    title: "Transfer file validation",
    verdict: verdictOf(sheet),
    figures: [
      { label: `To be paid, ${file.sum.currency}`, value: file.sum },
      { label: "Transfers", value: file.count },
      { label: "Execution date", value: file.executionDate },
      { label: "Accounts paid for the first time", value: newAccounts.length },
      { label: "Same amount, same account", value: repeated.length },
    ],
    sections: [
      { title: "The file", tables: [factTable(sheet)] },
      { title: "By bank", tables: [bankTable(sheet)] },
      { title: "Largest transfers", tables: [transferTable(sheet.largest)] },
      {
        title: "Accounts paid for the first time",
        says: "The seller was never paid to this account before. A changed account is the usual sign of a fraud: call the seller back.",
        tables: [shortened(newAccountTable(sheet), "the JSON of this sheet", LISTED)],
      },
      { title: "Same amount to the same account", tables: [repeatedTable(sheet)] },
      { title: "Compared with the file before", tables: [comparedTable(sheet)] },
      heldSection(sheet),
    ],
    signatures: ["Checked", "Approved, by somebody who did not make the file"],
  };
}

function verdictOf({ file, recounted, newAccounts, repeated }: FileSheet): Page["verdict"] {
  if (!recounted.agrees) {
    return { tone: "bad", says: "Do not approve: the bytes of the file are not what the books say." };
  }
  const changed = newAccounts.filter(({ accountBefore }) => accountBefore !== undefined).length;
  const look = [
    ...(changed === 0 ? [] : [`${counted(changed, "seller has", "sellers have")} another account than last time`]),
    ...(repeated.length === 0
      ? []
      : [`${counted(repeated.length, "amount goes", "amounts go")} to one account more than once`]),
  ];
  const sums = `${counted(file.count, "transfer")} of ${shown(file.sum)} ${file.sum.currency} in all, recounted from the file's bytes`;
  return look.length === 0
    ? { tone: "good", says: `${sums}.` }
    : { tone: "warn", says: `${sums}. To look at: ${look.join("; ")}.` };
}

function factTable({ file, recounted }: FileSheet): Table {
  const decided =
    file.decidedBy === undefined ? "nobody yet" : `${file.decidedBy}, ${instantText(file.decidedAt ?? "")}`;
  const rows: readonly (readonly PageCell[])[] = [
    ["Message id", code(file.messageId)],
    ["SHA-256 of the bytes", code(file.sha256)],
    [
      "Recounted from the bytes",
      state(recounted.agrees ? "hash, count and sum agree" : "differs", recounted.agrees ? "good" : "bad"),
    ],
    ["Name at the bank", code(file.remoteName)],
    ["Bank, profile", `${file.bank}, ${file.profile}`],
    ["Debtor account", file.debtor],
    ["State", state(file.state.toLowerCase().replaceAll("_", " "))],
    ["Made by", `${file.madeBy}, ${instantText(file.madeAt)}`],
    ["Decided by", decided],
    ...(file.decisionReason === undefined ? [] : [["Reason of the decision", file.decisionReason]]),
  ];
  return { columns: [left("", "what"), left("", "value")], rows, empty: "" };
}

function bankTable({ banks, file }: FileSheet): Table {
  return {
    columns: [
      left("Country", "country"),
      left("Bank", "bank"),
      right("Transfers", "transfers"),
      right("Amount", "amount"),
    ],
    rows: banks.slice(0, LISTED).map(({ country, bank, count, amount }) => [country, code(bank), count, amount]),
    total: [
      "Total",
      null,
      banks.reduce((sum, { count }) => sum + count, 0),
      money(
        file.sum.currency,
        banks.reduce((sum, { amount }) => sum + amount.minor, 0n),
      ),
    ],
    empty: "",
    ...(banks.length > LISTED
      ? { leftOut: `${banks.length - LISTED} smaller banks are in the JSON of this sheet.` }
      : {}),
  };
}

const TRANSFER_COLUMNS = [
  left("Seller", "seller"),
  left("Account holder", "name"),
  left("Account", "account"),
] as const;

function transferTable(transfers: readonly SheetTransfer[]): Table {
  return {
    columns: [...TRANSFER_COLUMNS, left("End-to-end id", "end_to_end_id"), right("Amount", "amount")],
    rows: transfers.map(({ seller, name, account, endToEndId, amount }) => [
      code(seller),
      name,
      code(account),
      code(endToEndId),
      amount,
    ]),
    empty: "",
  };
}

function newAccountTable({ newAccounts }: FileSheet): Table {
  return {
    columns: [...TRANSFER_COLUMNS, left("Paid last to", "account_before"), right("Amount", "amount")],
    rows: newAccounts.map(({ seller, name, account, accountBefore, amount }) => [
      code(seller),
      name,
      code(account),
      accountBefore === undefined ? "first payout of this seller" : code(accountBefore),
      amount,
    ]),
    empty: "Every account was paid before.",
  };
}

function repeatedTable({ repeated }: FileSheet): Table {
  return {
    columns: [left("Account", "account"), right("Times", "times"), right("Amount each", "amount")],
    rows: repeated.map(({ account, times, amount }) => [code(account), times, amount]),
    empty: "None.",
  };
}

function comparedTable({ file, before }: FileSheet): Table {
  const columns = [
    left("", "what"),
    right("This file", "this"),
    right("File before", "before"),
    right("Difference", "difference"),
  ];
  if (before === undefined) return { columns, rows: [], empty: "This is the first file." };
  const change = money(file.sum.currency, file.sum.minor - before.sum.minor);
  return {
    columns,
    rows: [
      ["Message id", file.messageId, before.messageId, null],
      ["Execution date", file.executionDate, before.executionDate, null],
      ["Sum", file.sum, before.sum, change],
      ["Transfers", file.count, before.count, file.count - before.count],
      ["Sellers in both files", before.payeesInBoth, before.payeesInBoth, null],
      ["Sellers only in one", before.payeesOnlyHere, before.payeesOnlyThere, null],
    ],
    empty: "",
  };
}

function heldSection({ heldOut, file }: FileSheet): Section {
  return {
    title: "Left out: payouts on hold",
    says: "As they stand when this sheet is made.",
    tables: [
      {
        columns: [
          left("Reason", "reason"),
          left("Says", "says"),
          right("Payouts", "payouts"),
          right("Amount", "amount"),
        ],
        rows: heldOut.map(({ reason, says, count, amount }) => [code(reason), says, count, amount]),
        total: [
          "Total",
          null,
          heldOut.reduce((sum, { count }) => sum + count, 0),
          money(
            file.sum.currency,
            heldOut.reduce((sum, { amount }) => sum + amount.minor, 0n),
          ),
        ],
        empty: "Nothing is on hold.",
      },
    ],
  };
}

/** Every transfer of the file, page by page. */
export async function* fileSheetCsv(db: Queries, fileId: bigint, messageId: string): AsyncGenerator<string> {
  yield csvLine(["message_id", "end_to_end_id", "seller", "name", "account", "currency", "amount"]);
  for await (const page of transfersOf(db, fileId)) {
    for (const row of page) {
      const { endToEndId, seller, name, account, amount } = sheetTransfer(row);
      yield csvLine([messageId, endToEndId, seller, name, account, amount.currency, amount]);
    }
  }
}
