/** A plain list of transfers, JSON or CSV, as `remit bank-file write` takes it: read whole, with every fault named. */
import { parse } from "csv-parse/sync";
import { z } from "zod";
import type { Pain001Debtor, Pain001Transfer } from "../bankfiles/index.ts";
import { normalizeIban } from "../domain/account-number.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { parseMinor } from "../domain/money.ts";

/** An empty text is one: what it may hold is the bank's rules' to say. */
const TEXT = z.string("a text");
const DEBTOR = z.strictObject({ name: TEXT, iban: TEXT, bic: TEXT.exactOptional() }, "a debtor with name and iban");
const ADDRESS = z.strictObject({
  country: TEXT,
  town: TEXT.default(""),
  postCode: TEXT.exactOptional(),
  street: TEXT.exactOptional(),
  buildingNumber: TEXT.exactOptional(),
  lines: z.array(TEXT, "a list of texts").exactOptional(),
});
const TRANSFER = z.strictObject({
  endToEndId: TEXT,
  instructionId: TEXT.exactOptional(),
  /** Text, so that no program between has rounded it. */
  amount: TEXT,
  currency: TEXT,
  creditor: z.strictObject(
    { name: TEXT, iban: TEXT, bic: TEXT.exactOptional(), address: ADDRESS.exactOptional() },
    "a creditor with name and iban",
  ),
  remittance: TEXT.exactOptional(),
  structuredReference: TEXT.exactOptional(),
  purpose: TEXT.exactOptional(),
  instant: z.boolean("true or false").exactOptional(),
  /** In CSV each row may have its own; in JSON the list's counts unless the transfer says otherwise. */
  executionDate: TEXT.exactOptional(),
  debtor: DEBTOR.exactOptional(),
});
const LIST = z.strictObject({
  messageId: TEXT.exactOptional(),
  createdAt: z.iso.datetime({ offset: true, error: "an instant such as 2026-11-20T08:00:00Z" }).exactOptional(),
  executionDate: TEXT.exactOptional(),
  debtor: DEBTOR.exactOptional(),
  transfers: z.array(z.unknown(), "a list of transfers").min(1, "at least one transfer"),
});

export interface ListedTransfer {
  /** Place in the list, from 0. */
  readonly index: number;
  readonly transfer: Pain001Transfer;
  readonly debtor: Pain001Debtor;
  readonly executionDate: string;
}

/** What could be read, and all faults of the form; with faults nothing may be written, but the rest can be checked. */
export interface TransferList {
  readonly messageId?: string;
  readonly createdAt?: Date;
  readonly items: readonly ListedTransfer[];
  readonly findings: readonly Finding[];
}

/** Reads the list; `name` decides between CSV (`.csv`) and JSON. Ids and amounts are text, never numbers. */
export function readTransferList(text: string, name: string): TransferList {
  try {
    const json = /\.csv$/i.test(name) ? fromCsv(text) : (JSON.parse(text) as unknown);
    return typed(json);
  } catch (error) {
    if (error instanceof RemitError) return { items: [], findings: error.findings };
    const found = error instanceof Error ? error.message : String(error);
    const expected = "JSON with transfers, or CSV with a line of column names";
    return { items: [], findings: [{ code: "INPUT_UNREADABLE", where: name, found, expected }] };
  }
}

function typed(json: unknown): TransferList {
  const parsed = LIST.safeParse(json);
  const findings = parsed.success ? [] : parsed.error.issues.flatMap((issue) => findingsOf(issue, json));
  const rows = valueAt(json, ["transfers"]);
  const head: ListHead = parsed.success ? parsed.data : readableHead(json);
  const items = (Array.isArray(rows) ? rows : []).flatMap((row, index) => itemOf(row, index, head, json, findings));
  const { messageId, createdAt } = head;
  return {
    items,
    findings,
    ...(messageId === undefined ? {} : { messageId }),
    ...(createdAt === undefined ? {} : { createdAt: new Date(createdAt) }),
  };
}

type ListHead = Partial<z.output<typeof LIST>>;

/** Of a list with faults, what stands above the transfers and is right. */
function readableHead(json: unknown): ListHead {
  const keys = ["messageId", "createdAt", "executionDate", "debtor"] as const;
  const right = keys.map((key) => [key, LIST.shape[key].safeParse(valueAt(json, [key]))] as const);
  return Object.fromEntries(
    right.flatMap(([key, { success, data }]) => (success && data !== undefined ? [[key, data]] : [])),
  );
}

/** One row as a transfer; none when its form is broken or it belongs to no debtor and date. */
function itemOf(row: unknown, index: number, head: ListHead, json: unknown, findings: Finding[]): ListedTransfer[] {
  let parsed = TRANSFER.safeParse(row);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({ ...issue, path: ["transfers", index, ...issue.path] }));
    findings.push(...issues.flatMap((issue) => findingsOf(issue, json)));
    // A name too many need not hide what else is wrong.
    parsed = TRANSFER.safeParse(withoutUnknownKeys(row, parsed.error.issues));
    if (!parsed.success) return [];
  }
  const { amount, debtor = head.debtor, executionDate = head.executionDate, creditor, ...rest } = parsed.data;
  const at = `transfers[${index}] ${rest.endToEndId}`;
  if (debtor === undefined) findings.push(missing(`${at}: debtor`, "a debtor with name and iban"));
  if (executionDate === undefined) findings.push(missing(`${at}: executionDate`, "a date YYYY-MM-DD"));
  const amountMinor = amountOf(amount, rest.currency, at, findings);
  if (debtor === undefined || executionDate === undefined) return [];
  const transfer = { ...rest, amountMinor, creditor: { ...creditor, iban: normalizeIban(creditor.iban) } };
  return [{ index, transfer, debtor: { ...debtor, iban: normalizeIban(debtor.iban) }, executionDate }];
}

function withoutUnknownKeys(row: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const known = structuredClone(row);
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const place = valueAt(known, issue.path);
    if (typeof place === "object" && place !== null) for (const key of issue.keys) Reflect.deleteProperty(place, key);
  }
  return known;
}

function missing(where: string, expected: string): Finding {
  return { code: "INPUT_MISSING", where, found: "nothing", expected };
}

/** Stands in for an amount that is none, so that the rest of the transfer can be checked. */
const ANY_AMOUNT = 100n;

function amountOf(amount: string, currency: string, at: string, findings: Finding[]): bigint {
  try {
    return parseMinor(amount, currency);
  } catch (error) {
    if (!(error instanceof RemitError)) throw error;
    // What is wrong with the currency is told with the other rules of the bank.
    if (error.code !== "CURRENCY_UNKNOWN") {
      findings.push(...error.findings.map((finding) => ({ ...finding, where: `${at}: amount` })));
    }
    return ANY_AMOUNT;
  }
}

function findingsOf(issue: z.core.$ZodIssue, json: unknown): Finding[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      code: "INPUT_UNKNOWN_KEY",
      where: place([...issue.path, key], json),
      found: key,
      expected: "a name that transfer lists have",
    }));
  }
  const value = valueAt(json, issue.path);
  const found = value === undefined ? "nothing" : shown(value, issue.path.at(-1));
  return [{ code: "INPUT_VALUE", where: place(issue.path, json), found, expected: issue.message }];
}

/** Account numbers stay out of findings. */
function shown(value: unknown, key: PropertyKey | undefined): string {
  return key === "iban" ? "an account number" : JSON.stringify(value).slice(0, 80);
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    json,
  );
}

/** `transfers[3] PO-7: creditor.iban`. */
function place(path: readonly PropertyKey[], json: unknown): string {
  const [first, index, ...rest] = path;
  if (first !== "transfers" || typeof index !== "number") return path.map(String).join(".");
  const id = valueAt(json, ["transfers", index, "endToEndId"]);
  return `transfers[${index}]${typeof id === "string" ? ` ${id.slice(0, 40)}` : ""}: ${rest.map(String).join(".")}`;
}

type Row = Readonly<Record<string, string>>;

/** Columns of the whole list; every row must say the same. */
const LIST_COLUMNS = ["messageId", "createdAt"] as const;

/** Rows as the JSON form. The separator is what the line of names has more of: comma, semicolon or tab. */
function fromCsv(text: string): unknown {
  const names = text.slice(0, text.indexOf("\n") >>> 0);
  const delimiter = [",", ";", "\t"].reduce((a, b) => (names.split(b).length > names.split(a).length ? b : a));
  const rows = parse(text, { columns: true, bom: true, delimiter, skip_empty_lines: true, trim: true }) as Row[];
  const list: Record<string, unknown> = {};
  for (const column of LIST_COLUMNS) {
    const values = [...new Set(rows.map((row) => row[column] ?? ""))].filter((value) => value !== "");
    if (values.length > 1) {
      const expected = "one for the whole file";
      throw new RemitError("INPUT_INVALID", { where: column, found: values.slice(0, 3).join(", "), expected });
    }
    if (values[0] !== undefined) list[column] = values[0];
  }
  return { ...list, transfers: rows.map(nested) };
}

/** `{"creditor.iban": "..."}` -> `{creditor: {iban: "..."}}`; an empty cell is nothing. */
function nested(row: Row): unknown {
  const transfer: Record<string, unknown> = {};
  for (const [column, cell] of Object.entries(row)) {
    if (cell === "" || (LIST_COLUMNS as readonly string[]).includes(column)) continue;
    const keys = column.split(".");
    const last = keys.pop() ?? "";
    let place = transfer;
    for (const key of keys) {
      const inner = Object.hasOwn(place, key) ? place[key] : undefined;
      const next = typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : {};
      if (next !== inner) Object.defineProperty(place, key, { value: next, enumerable: true, writable: true });
      place = next;
    }
    const value = column === "instant" ? booleanOf(cell) : column === "creditor.address.lines" ? cell.split("|") : cell;
    Object.defineProperty(place, last, { value, enumerable: true, writable: true });
  }
  return transfer;
}

/** What is neither stays text, so that the form refuses it. */
function booleanOf(cell: string): boolean | string {
  return cell === "true" ? true : cell === "false" ? false : cell;
}
