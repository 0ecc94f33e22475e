/** What a report says about the file as a whole, from the group status and what it says of the transfers. */
import type { Pain002Document } from "../read/document.ts";
import { isDuplicateRefusal } from "./duplicate-refusal.ts";
import { type StatusKind, statusMeaning } from "./status-table.ts";

export type FileOutcome =
  | "ACKNOWLEDGED" // the bank has it, or has said of some transfers that they go on
  | "ACCEPTED" // every transfer
  | "PARTIALLY_ACCEPTED" // some were refused, not all
  | "REJECTED" // every transfer
  | "DUPLICATE_REFUSED" // this copy was refused; whatever was taken before stands
  | "VERIFICATION" // an answer about payee names
  | "PROTOCOL" // about a transmission, not about payments
  | "UNKNOWN_FILE" // about a file we never sent: quarantine
  | "NOTHING_SAID"; // names our file and carries no status that can be used

export function outcomeOf(
  document: Pain002Document,
  statuses: readonly { readonly kind: StatusKind }[],
  transfers: number,
): FileOutcome {
  if (isDuplicate(document)) return "DUPLICATE_REFUSED";
  const count = { accepted: 0, refused: 0, verification: 0, pending: 0 };
  for (const { kind } of statuses) {
    if (kind === "accepted" || kind === "settled") count.accepted += 1;
    else if (kind === "rejected" || kind === "cancelled") count.refused += 1;
    else if (kind === "verification") count.verification += 1;
    else if (kind === "pending") count.pending += 1;
  }
  if (isVerification(document) || (count.verification > 0 && count.accepted + count.refused === 0))
    return "VERIFICATION";
  if (count.refused > 0) return count.refused === transfers ? "REJECTED" : "PARTIALLY_ACCEPTED";
  if (count.accepted > 0 && count.accepted === transfers) return "ACCEPTED";
  if (count.accepted + count.pending > 0) return "ACKNOWLEDGED";
  return "NOTHING_SAID";
}

function isVerification({ original }: Pain002Document): boolean {
  return statusMeaning(original.status ?? "")?.kind === "verification";
}

/** At the group, or at every payment the report lists with nothing said below. */
function isDuplicate({ original, payments }: Pain002Document): boolean {
  const rejected = (status: string | undefined) => statusMeaning(status ?? "")?.kind === "rejected";
  if (rejected(original.status) && original.reasons.some(isDuplicateRefusal)) return true;
  return (
    payments.length > 0 &&
    payments.every(
      (payment) =>
        rejected(payment.status ?? original.status) &&
        payment.reasons.some(isDuplicateRefusal) &&
        payment.transactions.length === 0,
    )
  );
}
