/** A seal over a span of the journal: what the span holds, hashed together with the seal before it. */
import { createHash } from "node:crypto";

/** One posting with everything that makes it what it is. */
export interface SealedPosting {
  readonly id: bigint;
  readonly marketplaceId: bigint;
  readonly event: string;
  readonly debitAccount: bigint;
  readonly creditAccount: bigint;
  readonly amount: bigint;
  readonly causeKind: string;
  readonly causeId: bigint;
  readonly businessDate: string;
}

export interface JournalSeal {
  readonly firstId: bigint;
  readonly lastId: bigint;
  readonly count: bigint;
  /** Of the amounts as plain integers, whatever their currencies: a checksum, not money. */
  readonly sum: bigint;
  readonly previousHash: string;
  /** SHA-256 as hexadecimal text. */
  readonly hash: string;
}

/** What stands before the first seal. */
export const FIRST_PREVIOUS_HASH = "0".repeat(64);

/** Postings under one seal at most: small, so that a broken seal names few rows, and its sum fits into 64 bits. */
export const POSTINGS_A_SEAL = 1_000;

/**
 * The seal of a span, which is all postings after the one before, in the order of their ids; at least one. Fields are words,
 * numbers and dates, none of which holds a `|` or a line break: one text stands for one list of rows.
 */
export function sealOf(previousHash: string, postings: readonly SealedPosting[]): JournalSeal {
  const [first, last] = [postings[0], postings.at(-1)];
  if (first === undefined || last === undefined) throw new Error("a seal needs a posting");
  const sum = postings.reduce((total, { amount }) => total + amount, 0n);
  const text = [`${previousHash}|${postings.length}|${sum}`, ...postings.map(lineOf)].join("\n");
  return {
    firstId: first.id,
    lastId: last.id,
    count: BigInt(postings.length),
    sum,
    previousHash,
    hash: createHash("sha256").update(text).digest("hex"),
  };
}

function lineOf(posting: SealedPosting): string {
  const { id, marketplaceId, event, debitAccount, creditAccount, amount, causeKind, causeId, businessDate } = posting;
  return `${id}|${marketplaceId}|${event}|${debitAccount}|${creditAccount}|${amount}|${causeKind}|${causeId}|${businessDate}`;
}
