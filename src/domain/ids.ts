/** Identifiers that the engine makes: the same facts always give the same id, so a repeat can never make a second one. */
import { createHash } from "node:crypto";
import type { IsoDate } from "./calendar.ts";

/** Crockford's base 32: one case, and no letter that is read as a digit. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 20 characters hold 100 bits: a billion ids of one day have a chance below 10^-12 to contain two equal ones. */
const HASH_LENGTH = 20;

/**
 * 20 characters of `[0-9A-Z]` from the SHA-256 of the parts. Case and borders of the parts count: `["ab","c"]` and
 * `["a","bc"]` differ. The text has one case, so systems that compare without case keep it unique.
 */
export function shortHash(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes = Buffer.from(part, "utf8");
    hash.update(`${bytes.length}:`).update(bytes);
  }
  const digest = hash.digest();
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of digest) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < HASH_LENGTH) {
      bits -= 5;
      text += ALPHABET.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
    if (text.length === HASH_LENGTH) break;
  }
  return text;
}

export interface TransferIdentity {
  readonly marketplace: string;
  /** The seller's external id, or `OPERATOR`. */
  readonly seller: string;
  /** The business date of the settlement. */
  readonly date: IsoDate;
  readonly currency: string;
  /** Counts the transfers of one seller, day and currency; a re-issue takes the next one. */
  readonly ordinal: number;
}

/**
 * The EndToEndId of a transfer, `T20261120-EUR-<hash>`: 34 of the 35 characters that ISO 20022 allows, `[A-Z0-9-]`.
 * It begins with a letter, so that no spreadsheet and no bank system takes it for a number.
 */
export function transferReference({ marketplace, seller, date, currency, ordinal }: TransferIdentity): string {
  return `T${compact(date)}-${currency}-${shortHash(["transfer", marketplace, seller, date, currency, String(ordinal)])}`;
}

export interface MessageIdentity {
  readonly marketplace: string;
  readonly date: IsoDate;
  /** Counts the files of one marketplace and day; a MsgId is never used again, so each file takes the next one. */
  readonly ordinal: number;
}

/** The MsgId of a file, `M20261120-<hash>`: 30 characters, which leaves room for `-1` to `-9999` in a PmtInfId. */
export function messageId({ marketplace, date, ordinal }: MessageIdentity): string {
  return `M${compact(date)}-${shortHash(["message", marketplace, date, String(ordinal)])}`;
}

function compact(date: IsoDate): string {
  return date.replaceAll("-", "");
}

/**
 * Whether the text may stand as MsgId, PmtInfId, InstrId or EndToEndId in a SEPA file: 1 to 35 characters of the SEPA
 * set, no `/` at either end and no `//` (EPC132-08 1.4). White space around it is refused: banks trim it, and then
 * the id that comes back is another one.
 */
export function isIso20022Id(text: string): boolean {
  return (
    /^[A-Za-z0-9+?/\-:().,' ]{1,35}$/.test(text) &&
    text === text.trim() &&
    !text.startsWith("/") &&
    !text.endsWith("/") &&
    !text.includes("//")
  );
}
