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

/** Start tags that matter, and the text right after them. A chunk may end anywhere, so the tail is carried over. */
const TOKEN = /<(MsgId|PmtInfId|NbOfTxs|CtrlSum|InstdAmt|CdtTrfTxInf|PmtInf)(?:\s[^>]*)?>([^<]*)(?=<)/g;
const TAIL_CHARACTERS = 1_024;

/** Counts transfers and sums amounts. Throws BANK_FILE_INVALID when an amount or a count is not a number. */
export function recount(chunks: Iterable<string | Uint8Array>): Recount {
  const message: Counter = { id: "", count: 0, sumMinor: 0n };
  const payments: Counter[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let held = "";
  const scan = (text: string, end: number): number => {
    TOKEN.lastIndex = 0;
    let at = 0;
    for (let match = TOKEN.exec(text); match !== null && match.index < end; match = TOKEN.exec(text)) {
      note(match[1] ?? "", match[2] ?? "", message, payments);
      at = TOKEN.lastIndex;
    }
    return Math.max(at, end);
  };
  for (const chunk of chunks) {
    bytes += typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
    held += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    // A tag that begins in the last characters may go on in the next chunk.
    if (held.length > TAIL_CHARACTERS) held = held.slice(scan(held, held.length - TAIL_CHARACTERS));
  }
  scan(held, held.length);
  return conclude(message, payments, bytes);
}

function note(tag: string, text: string, message: Counter, payments: Counter[]): void {
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
