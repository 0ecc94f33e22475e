/** `remit bank-file write`: a pain.001 from a plain list of transfers; nothing appears under the final name unless all of it is right. */
import { createHash, type Hash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, extname } from "node:path";
import {
  type BankProfile,
  checkMessage,
  encodePain001,
  inspectTransfers,
  type Pain001Message,
  type PaymentRequest,
  type PlannedFile,
  planExecutionDate,
  recount,
  splitByLimits,
} from "../bankfiles/index.ts";
import { dateInZone } from "../domain/calendar.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { shortHash } from "../domain/ids.ts";
import { formatMinor } from "../domain/money.ts";
import { loadProfile } from "./bank-profiles.ts";
import { type ListedTransfer, readTransferList } from "./transfer-list.ts";

export interface BankFileWriteRequest {
  /** A `.json` or `.csv` file. */
  readonly inputPath: string;
  /** Name of a profile in `profilesFolder` (default: those that ship). */
  readonly profileName: string;
  readonly outputPath: string;
  readonly now: Date;
  readonly profilesFolder?: string;
}

export interface WrittenBankFile {
  readonly path: string;
  readonly messageId: string;
  readonly count: number;
  /** Decimal text of the CtrlSum. */
  readonly sum: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface BankFileWriteResult {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** What the writer did that the list did not ask for: a date moved by the bank's policy, several files. */
  readonly notices: readonly Finding[];
  /** The files now on disk; empty when there are findings. */
  readonly files: readonly WrittenBankFile[];
}

/**
 * Reads the list, checks everything at once, writes to a temporary name, counts the bytes on disk again, and gives the name.
 * A file that has the name already is replaced, in one step, by a complete one only.
 * More than one file is written (`OUT-1.xml`, `OUT-2.xml`, MsgIds with the same ending) where the bank's limits ask for
 * it. `createdAt` of the list takes the place of `now`. Throws NOT_FOUND for an unknown profile, PROFILE_INVALID.
 */
export async function writeBankFile(request: BankFileWriteRequest): Promise<BankFileWriteResult> {
  const profile = loadProfile(request.profileName, request.profilesFolder);
  const text = readInput(request.inputPath);
  const list = readTransferList(text, request.inputPath);
  const createdAt = list.createdAt ?? request.now;
  const messageId = list.messageId ?? messageIdFor(text, createdAt, profile);
  const findings = rulesOf(list.items, profile);
  const planned = requestsOf(list.items, createdAt, profile);
  const faults = [...list.findings, ...findings, ...planned.findings];
  if (faults.length > 0) return refused(faults);
  const files = splitByLimits(planned.requests, profile);
  const messages = files.map((file, index) => messageOf(file, idOf(messageId, index, files.length), createdAt));
  const headFaults = messages.flatMap((message) => checkMessage(message, profile));
  if (headFaults.length > 0) return refused(headFaults);
  const notices = [...planned.notices];
  if (files.length > 1) notices.push(severalFiles(files.length, profile));
  const written = writeAll(messages, files, request.outputPath, profile);
  return { ok: true, findings: [], notices, files: written };
}

/** The findings of the bank's rules, with the places that the transfers have in the list. */
function rulesOf(items: readonly ListedTransfer[], profile: BankProfile): readonly Finding[] {
  const { findings } = inspectTransfers(
    items.map(({ transfer }) => transfer),
    profile,
  );
  return findings.map(({ code, where, found, expected, index }) => ({
    code,
    where: where.replace(/^transfers\[\d+\]/, `transfers[${items[index]?.index ?? index}]`),
    found,
    expected,
  }));
}

function refused(findings: readonly Finding[]): BankFileWriteResult {
  return { ok: false, findings, notices: [], files: [] };
}

function readInput(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    throw new RemitError("INPUT_INVALID", { where: path, found: "no readable file", expected: "a UTF-8 file", cause });
  }
}

/** The same list at the same instant has the same MsgId. */
function messageIdFor(text: string, createdAt: Date, profile: BankProfile): string {
  const date = dateInZone(createdAt, profile.execution.zone).replaceAll("-", "");
  return `L${date}-${shortHash(["transfer-list", text, createdAt.toISOString()])}`;
}

function idOf(messageId: string, index: number, total: number): string {
  return total === 1 ? messageId : `${messageId}-${index + 1}`;
}

interface Planned {
  readonly requests: readonly PaymentRequest[];
  readonly findings: readonly Finding[];
  readonly notices: readonly Finding[];
}

/** Transfers by debtor and date as asked for; each date then becomes one the bank can meet, by the profile's policy. */
function requestsOf(items: readonly ListedTransfer[], now: Date, profile: BankProfile): Planned {
  const dates = new Map<string, string>();
  const findings: Finding[] = [];
  const notices: Finding[] = [];
  const requests: PaymentRequest[] = [];
  items.forEach(({ transfer, debtor, executionDate, index }) => {
    const service = profile.services.find(({ everyDay }) => everyDay && transfer.instant !== false);
    const everyDay = service !== undefined && (transfer.instant === true || profile.services.length === 1);
    const key = `${executionDate} ${everyDay}`;
    if (!dates.has(key)) {
      const plan = planExecutionDate(executionDate, now, profile, everyDay ? service : undefined);
      const where = `transfers[${index}] ${transfer.endToEndId}: executionDate`;
      if (!plan.ok) findings.push({ code: "EXECUTION_DATE", where, found: executionDate, expected: plan.expected });
      else if (plan.moved) {
        notices.push({ code: "EXECUTION_DATE_MOVED", where, found: executionDate, expected: plan.date });
      }
      dates.set(key, plan.ok ? plan.date : executionDate);
    }
    requests.push({ debtor, executionDate: dates.get(key) ?? executionDate, transfers: [transfer] });
  });
  return { requests, findings, notices };
}

function messageOf(file: PlannedFile, messageId: string, createdAt: Date): Pain001Message {
  const name = file.payments[0]?.debtor.name ?? "";
  return { messageId, createdAt, initiatingParty: { name }, payments: file.payments };
}

function severalFiles(count: number, profile: BankProfile): Finding {
  return {
    code: "SEVERAL_FILES",
    where: "transfers",
    found: `${count} files`,
    expected: `one file, but ${profile.name} limits what a file may hold`,
  };
}

/** All files under temporary names first; only when every one is right do they get their names. */
function writeAll(
  messages: readonly Pain001Message[],
  files: readonly PlannedFile[],
  outputPath: string,
  profile: BankProfile,
): readonly WrittenBankFile[] {
  const written: { temporary: string; file: WrittenBankFile }[] = [];
  try {
    for (const [index, message] of messages.entries()) {
      const path = messages.length === 1 ? outputPath : numbered(outputPath, index + 1);
      const temporary = `${path}.part`;
      written.push({
        temporary,
        file: { path, messageId: message.messageId, count: 0, sum: "", bytes: 0, sha256: "" },
      });
      writeDurably(temporary, encodePain001(message, profile));
      const file = proven(temporary, path, message, files[index]);
      written[index] = { temporary, file };
    }
    for (const { temporary, file } of written) renameSync(temporary, file.path);
    syncFolder(dirname(outputPath));
  } catch (error) {
    for (const { temporary } of written) rmSync(temporary, { force: true });
    throw error;
  }
  return written.map(({ file }) => file);
}

function numbered(path: string, number: number): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${number}${extension}`;
}

function writeDurably(path: string, chunks: Iterable<Buffer>): void {
  const file = openSync(path, "w");
  try {
    for (const chunk of chunks) writeWhole(file, chunk);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A write may take fewer bytes than it was given. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length; offset += writeSync(file, bytes, offset)) {
    // the step is in the loop's head
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const PIECE_BYTES = 65_536;

function* piecesOf(path: string, hash: Hash): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const bytes = piece.subarray(0, readSync(file, piece));
      if (bytes.length === 0) return;
      hash.update(bytes);
      yield bytes;
    }
  } finally {
    closeSync(file);
  }
}

/** Reads the file back from disk and compares its own count with what was planned. */
function proven(
  temporary: string,
  path: string,
  message: Pain001Message,
  planned: PlannedFile | undefined,
): WrittenBankFile {
  const hash = createHash("sha256");
  const counted = recount(piecesOf(temporary, hash));
  const right =
    counted.agrees &&
    counted.messageId === message.messageId &&
    counted.count === planned?.count &&
    counted.sumMinor === planned.sumMinor;
  if (!right) {
    throw new RemitError("BANK_FILE_INVALID", {
      where: path,
      found: `${counted.count} transfers of ${formatMinor(counted.sumMinor, "EUR")} on disk`,
      expected: `${planned?.count} of ${formatMinor(planned?.sumMinor ?? 0n, "EUR")}`,
    });
  }
  return {
    path,
    messageId: message.messageId,
    count: counted.count,
    sum: formatMinor(counted.sumMinor, "EUR"),
    bytes: counted.bytes,
    sha256: hash.digest("hex"),
  };
}
