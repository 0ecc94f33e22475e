/** A second count of a finished pain.001 from its bytes alone: it shares nothing with the writer. */
import { RemitError } from "../../domain/errors.ts";

export interface PaymentCount {
  readonly paymentInformationId: string;
  readonly count: number;
  readonly sumMinor: bigint;
  /** As the payment's own head says; undefined when it does not. */
  readonly announcedCount?: number;
  readonly announcedSumMinor?: bigint;
}

export interface Recount {
  readonly messageId: string;
  readonly count: number;
  /** Sum of all InstdAmt in minor units of two decimals. */
  readonly sumMinor: bigint;
  readonly announcedCount?: number;
  readonly announcedSumMinor?: bigint;
  readonly payments: readonly PaymentCount[];
  /** Whether every announced count and sum is what was counted. */
  readonly agrees: boolean;
  /** Length of the file in UTF-8. */
  readonly bytes: number;
}

interface Counter {
  id: string;
  count: number;
  sumMinor: bigint;
  announcedCount?: number;
  announcedSumMinor?: bigint;
}

/** Start tags that matter. */
const TAGS = ["CdtTrfTxInf", "InstdAmt", "PmtInf", "PmtInfId", "NbOfTxs", "CtrlSum", "MsgId"] as const;
type Tag = (typeof TAGS)[number];

/** Longer than any start tag with its text that matters here. */
const TAIL_BYTES = 512;
const GREATER_THAN = 0x3e;
const LESS_THAN = 0x3c;

interface Needle {
  readonly tag: Tag;
  readonly bytes: Uint8Array;
}

const NEEDLES: readonly Needle[] = TAGS.map((tag) => ({ tag, bytes: Buffer.from(tag) }));

/** 1 for the bytes that a tag of ours begins with, so that most tags of the file cost one look. */
const BEGINS = new Uint8Array(256);
for (const { bytes } of NEEDLES) BEGINS[bytes[0] ?? 0] = 1;

/** Counts transfers and sums amounts. Throws BANK_FILE_INVALID when an amount or a count is not a number. */
export function recount(chunks: Iterable<string | Uint8Array>): Recount {
  const message: Counter = { id: "", count: 0, sumMinor: 0n };
  const payments: Counter[] = [];
  let bytes = 0;
  let held = Buffer.alloc(0);
  for (const chunk of chunks) {
    const piece =
      typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    bytes += piece.length;
    const text = held.length === 0 ? piece : Buffer.concat([held, piece]);
    // A tag that begins in the last bytes may go on in the next chunk.
    const end = Math.max(0, text.length - TAIL_BYTES);
    held = Buffer.from(text.subarray(scan(text, end, message, payments)));
  }
  scan(held, held.length, message, payments);
  return conclude(message, payments, bytes);
}

/** Notes all tags that begin before `end`, in the order of the document; answers where to go on. */
function scan(text: Buffer, end: number, message: Counter, payments: Counter[]): number {
  let at = nextTag(text, 0, end);
  while (at < end) {
    const needle = NEEDLES.find(({ bytes }) => isTag(text, at + 1, bytes));
    if (needle !== undefined) note(needle.tag, textAfter(text, at + 1 + needle.bytes.length), message, payments);
    at = nextTag(text, at + 1, end);
  }
  return Math.max(at, end);
}

/** Where the next tag begins that may be one of ours; `end` when there is none before it. */
function nextTag(text: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && !(text[at] === LESS_THAN && BEGINS[text[at + 1] ?? 0] === 1)) at += 1;
  return at;
}

/** Whether exactly this name stands here: what follows is `>` or white space. */
function isTag(text: Buffer, at: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) if (text[at + index] !== name[index]) return false;
  const after = text[at + name.length] ?? 0;
  return after === GREATER_THAN || after <= 0x20;
}

/** The text between a start tag and the next tag. */
function textAfter(text: Buffer, from: number): string {
  const start = text.indexOf(GREATER_THAN, from) + 1;
  return text.toString("latin1", start, text.indexOf(LESS_THAN, start));
}

function note(tag: Tag, text: string, message: Counter, payments: Counter[]): void {
  const current = payments.at(-1) ?? message;
  if (tag === "InstdAmt") {
    const minor = minorOf(text);
    current.sumMinor += minor;
    message.sumMinor += minor;
  } else if (tag === "CdtTrfTxInf") {
    current.count += 1;
    message.count += 1;
  } else if (tag === "PmtInf") payments.push({ id: "", count: 0, sumMinor: 0n });
  else if (tag === "MsgId" || tag === "PmtInfId") current.id = text;
  else if (tag === "NbOfTxs") current.announcedCount = Number(minorOf(`${text}.00`) / 100n);
  else current.announcedSumMinor = minorOf(text);
}

/** Digit by digit: no number that could round. */
function minorOf(text: string): bigint {
  const match = /^(\d{1,18})(?:\.(\d{1,2})0*)?$/.exec(text.trim());
  if (match === null) {
    throw new RemitError("BANK_FILE_INVALID", { found: JSON.stringify(text), expected: "a number with two decimals" });
  }
  return BigInt((match[1] ?? "") + (match[2] ?? "").padEnd(2, "0"));
}

function conclude(message: Counter, payments: readonly Counter[], bytes: number): Recount {
  const agrees = [message, ...payments].every(
    ({ count, sumMinor, announcedCount, announcedSumMinor }) =>
      (announcedCount === undefined || announcedCount === count) &&
      (announcedSumMinor === undefined || announcedSumMinor === sumMinor),
  );
  const { id: messageId, ...totals } = message;
  return {
    messageId,
    ...totals,
    payments: payments.map(({ id, ...rest }) => ({ paymentInformationId: id, ...rest })),
    agrees,
    bytes,
  };
}
