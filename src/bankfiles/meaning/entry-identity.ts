/** The identity of a booked line, the same in camt.052, 053 and 054, so that one booking is counted once. */
import type { Entry } from "../read/document.ts";

/**
 * Account, the bank's reference, amount, currency, direction, reversal and day. The bank's reference is AcctSvcrRef, else
 * NtryRef unless it only counts lines, else what the details name: AcctSvcrRef may be missing and is not unique (measured: two credits share one),
 * so lines of one statement that are alike in all of it are told apart by `occurrence`, counted from 1.
 * The value date is left out: banks give it in the statement and not yet in the advice.
 */
export function entryIdentity(account: string, entry: Entry, occurrence: number): string {
  return `${entryLikeness(account, entry)}#${occurrence}`;
}

/** Everything of the identity but the occurrence: what two alike lines of one statement have in common. */
export function entryLikeness(account: string, entry: Entry): string {
  const parts = [
    account,
    referenceOf(entry),
    plainAmount(entry.amount),
    entry.currency ?? "",
    entry.direction ?? "",
    entry.reversal ? "R" : "",
    dayOf(entry.bookingDate ?? entry.valueDate) ?? "",
  ];
  return parts.map((part) => part.replaceAll(/[\\|#]/g, (sign) => `\\${sign}`)).join("|");
}

/** The date of an xs:date or xs:dateTime, as the bank wrote it: no zone is applied. */
export function dayOf(text: string | undefined): string | undefined {
  const day = /^\s*(\d{4}-\d{2}-\d{2})/.exec(text ?? "")?.[1];
  return day;
}

function referenceOf(entry: Entry): string {
  const [detail, ...more] = entry.details;
  const only = more.length === 0 ? detail : undefined;
  return (
    present(entry.servicerReference) ??
    present(only?.servicerReference) ??
    (isCounter(entry.reference) ? present(only?.endToEndId) : undefined) ??
    present(entry.reference) ??
    present(only?.endToEndId) ??
    present(only?.transactionId) ??
    present(entry.batch?.paymentInformationId) ??
    present(only?.remittance.join(" ")) ??
    present(entry.additionalInfo) ??
    ""
  );
}

/** Some banks number the lines of each message 1, 2, 3: such an NtryRef says less than what the line names. */
function isCounter(reference: string | undefined): boolean {
  return /^\s*\d{1,6}\s*$/.test(reference ?? "");
}

function present(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  const isNothing = trimmed === undefined || trimmed === "" || /^(NOTPROVIDED|NONREF)$/i.test(trimmed);
  return isNothing ? undefined : trimmed;
}

/** `010.50`, `10.5` and `+10.50` are one amount. */
function plainAmount(text: string): string {
  const match = /^\s*([+-]?)0*(\d*)(?:\.(\d*?)0*)?\s*$/.exec(text);
  if (match === null) return text.trim();
  const [, sign, whole, fraction] = match;
  return `${sign === "-" ? "-" : ""}${whole === "" ? "0" : whole}${fraction ? `.${fraction}` : ""}`;
}
