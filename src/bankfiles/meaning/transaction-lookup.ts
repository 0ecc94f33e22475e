/** Finds the transfer a reported transaction speaks of: by proof only, never by amount. */
import type { Finding } from "../../domain/finding.ts";
import type { TransactionStatus } from "../read/document.ts";
import { exactAmount } from "./exact-amount.ts";
import type { KnownFileIndex, KnownTransfer } from "./known-file.ts";

export interface TransactionMatch {
  readonly transfer?: KnownTransfer;
  /** Transfers that must not inherit a status, because the report contradicts itself about them. */
  readonly contested: readonly KnownTransfer[];
  readonly findings: readonly Finding[];
}

/** EPC: the text a bank writes where the originator gave no reference. */
export const NOT_PROVIDED = "NOTPROVIDED";

export function transferOf(
  index: KnownFileIndex,
  paymentInformationId: string | undefined,
  transaction: TransactionStatus,
  where: string,
): TransactionMatch {
  const candidates = candidatesOf(index, paymentInformationId, transaction);
  const [transfer] = candidates;
  if (transfer === undefined) return unmatched("TRANSACTION_UNKNOWN", where, transaction, []);
  if (candidates.length > 1) return unmatched("TRANSACTION_AMBIGUOUS", where, transaction, candidates);
  const instructionId = given(transaction.instructionId);
  if (instructionId !== undefined && transfer.instructionId !== undefined && instructionId !== transfer.instructionId) {
    return contested(transfer, "INSTRUCTION_DIFFERS", where, instructionId, transfer.instructionId);
  }
  return withAmount(transfer, transaction, where);
}

/** The bank may report the amount: then it has to be the one we sent (facts: an equal amount is a condition, never a key). */
function withAmount(transfer: KnownTransfer, transaction: TransactionStatus, where: string): TransactionMatch {
  if (transaction.amount === undefined) return { transfer, contested: [], findings: [] };
  const amount = exactAmount(transaction.amount, transaction.currency ?? transfer.currency, `${where}/amount`);
  if (!amount.ok) return { contested: [transfer], findings: [amount.finding] };
  if (amount.minor !== transfer.amountMinor || amount.currency !== transfer.currency) {
    const found = `${amount.minor} ${amount.currency} minor units`;
    return contested(transfer, "AMOUNT_DIFFERS", where, found, `${transfer.amountMinor} ${transfer.currency}`);
  }
  return { transfer, contested: [], findings: [] };
}

function candidatesOf(
  index: KnownFileIndex,
  paymentInformationId: string | undefined,
  transaction: TransactionStatus,
): readonly KnownTransfer[] {
  const endToEndId = given(transaction.endToEndId);
  const instructionId = given(transaction.instructionId);
  const named =
    (endToEndId === undefined ? undefined : index.byEndToEndId.get(endToEndId)) ??
    (instructionId === undefined || endToEndId !== undefined ? undefined : index.byInstructionId.get(instructionId)) ??
    [];
  if (endToEndId === undefined && instructionId === undefined) {
    // Without any reference a transaction is known only as the one transfer of its payment.
    const members = index.byPayment.get(paymentInformationId ?? "") ?? [];
    return members.length === 1 ? members : [];
  }
  const inPayment = named.filter((transfer) => transfer.paymentInformationId === paymentInformationId);
  // A bank that replaces our PmtInfId with its own still names the transfer, which is unique in the file.
  return inPayment.length > 0 ? inPayment : named;
}

export function given(id: string | undefined): string | undefined {
  const text = id?.trim();
  return text === undefined || text === "" || text.toUpperCase() === NOT_PROVIDED ? undefined : text;
}

function unmatched(
  code: string,
  where: string,
  transaction: TransactionStatus,
  candidates: readonly KnownTransfer[],
): TransactionMatch {
  const found = `EndToEndId ${transaction.endToEndId ?? "none"}, InstrId ${transaction.instructionId ?? "none"}`;
  const expected = candidates.length === 0 ? "a transfer of this file" : "one transfer of this file";
  return { contested: candidates, findings: [{ code, where, found, expected }] };
}

function contested(
  transfer: KnownTransfer,
  code: string,
  where: string,
  found: string,
  expected: string,
): TransactionMatch {
  return { contested: [transfer], findings: [{ code, where, found, expected }] };
}
