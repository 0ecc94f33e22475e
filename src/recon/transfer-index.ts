/** The transfers and pay-ins of a run, found by what a bank line may name. */

import { group, sortedById } from "./grouping.ts";
import { PaymentIndex } from "./payment-index.ts";
import { type ReconDetail, type ReconEntry, referenceText } from "./recon-entry.ts";
import type { ExpectedPayIn, ReconInput, ReconTransfer, SeenReference } from "./recon-input.ts";

/** What lies beside the lines of a run, or of a page of one: each list holds all that those lines can ask it for. */
export interface ReconBeside {
  /** By EndToEndId or InstrId. */
  readonly named: readonly ReconTransfer[];
  readonly payments: PaymentIndex;
  /** By amount, about a line's date. */
  readonly alike: readonly ReconTransfer[];
  /** Those of `seenReferences`. */
  readonly seen: readonly ReconTransfer[];
  readonly seenReferences: readonly SeenReference[];
  readonly payIns: readonly ExpectedPayIn[];
}

export function wholeInput({ transfers, payIns, seenReferences = [] }: ReconInput): ReconBeside {
  const payments = new PaymentIndex(transfers);
  return { named: transfers, payments, alike: transfers, seen: transfers, seenReferences, payIns };
}

export class TransferIndex {
  readonly seenById: ReadonlyMap<string, ReconTransfer>;
  readonly payments: PaymentIndex;
  readonly payInById: ReadonlyMap<string, ExpectedPayIn>;
  private readonly byEndToEndId: ReadonlyMap<string, readonly ReconTransfer[]>;
  private readonly byInstructionId: ReadonlyMap<string, readonly ReconTransfer[]>;
  private readonly byAmount: ReadonlyMap<string, readonly ReconTransfer[]>;
  private readonly payInsByReference: ReadonlyMap<string, readonly ExpectedPayIn[]>;
  private readonly payInsByAmount: ReadonlyMap<string, readonly ExpectedPayIn[]>;
  private readonly seen: ReadonlyMap<string, readonly SeenReference[]>;

  constructor(beside: ReconBeside) {
    const named = sortedById(beside.named);
    const payIns = sortedById(beside.payIns);
    this.seenById = new Map(beside.seen.map((transfer) => [transfer.id, transfer]));
    this.payments = beside.payments;
    this.byEndToEndId = group(named, (transfer) => [transfer.endToEndId]);
    this.byInstructionId = group(named, ({ instructionId }) => (instructionId === undefined ? [] : [instructionId]));
    this.byAmount = group(sortedById(beside.alike), (transfer) => [amountKey(transfer)]);
    this.payInById = new Map(payIns.map((payIn) => [payIn.id, payIn]));
    this.payInsByReference = group(payIns, ({ references }) =>
      [...new Set(references.map(word))].filter((key) => key !== ""),
    );
    this.payInsByAmount = group(payIns, (payIn) => [amountKey(payIn)]);
    this.seen = group(beside.seenReferences, (seen) => [seenKey(seen.account, seen.servicerReference)]);
  }

  /** Rule 1 and 2: the transfers a detail names by EndToEndId, else InstrId, else as the only one of its payment. */
  named(
    detail: ReconDetail,
    account: string,
  ): { by: "END_TO_END_ID" | "INSTRUCTION_ID"; transfers: readonly ReconTransfer[] } {
    const endToEndId = referenceText(detail.endToEndId);
    if (endToEndId !== undefined) {
      const transfers = onAccount(this.byEndToEndId.get(endToEndId), account);
      if (transfers.length > 0) return { by: "END_TO_END_ID", transfers };
    }
    const instructionId = referenceText(detail.instructionId);
    const byInstruction =
      instructionId === undefined ? [] : onAccount(this.byInstructionId.get(instructionId), account);
    const messageId = referenceText(detail.messageId);
    const transfers = byInstruction.filter((one) => messageId === undefined || one.messageId === messageId);
    if (transfers.length > 0 || endToEndId !== undefined) return { by: "INSTRUCTION_ID", transfers };
    const payment = this.payment(detail.paymentInformationId, detail.messageId, account);
    return { by: "INSTRUCTION_ID", transfers: payment.length === 1 ? payment : [] };
  }

  /** Rule 3: the transfers of the payment or file that a batch names. Some banks give the one id where the other belongs. */
  payment(
    paymentInformationId: string | undefined,
    messageId: string | undefined,
    account: string,
  ): readonly ReconTransfer[] {
    const payment = referenceText(paymentInformationId);
    const message = referenceText(messageId);
    const { byPayment, byMessage } = this.payments;
    const both = (rows: readonly ReconTransfer[] | undefined) =>
      onAccount(rows, account).filter((one) => message === undefined || one.messageId === message);
    if (payment !== undefined) {
      const members = both(byPayment.get(payment));
      if (members.length > 0) return members;
      const file = onAccount(byMessage.get(payment), account);
      if (file.length > 0) return file;
    }
    if (message === undefined || payment !== undefined) return [];
    const file = onAccount(byMessage.get(message), account);
    return file.length > 0 ? file : onAccount(byPayment.get(message), account);
  }

  /** Rule 4: what earlier reports tied to the bank's reference. */
  seenAt(account: string, servicerReference: string | undefined): readonly SeenReference[] {
    const reference = referenceText(servicerReference);
    return reference === undefined ? [] : (this.seen.get(seenKey(account, reference)) ?? []);
  }

  /** For proposals only. */
  ofAmount(entry: ReconEntry): readonly ReconTransfer[] {
    return onAccount(this.byAmount.get(amountKey(entry)), entry.account);
  }

  payInsOfAmount(entry: ReconEntry): readonly ExpectedPayIn[] {
    return onAccount(this.payInsByAmount.get(amountKey(entry)), entry.account);
  }

  /** The pay-ins whose reference stands in the line as a whole word, or as the whole of one of its texts. */
  payInsNamed(entry: ReconEntry): readonly ExpectedPayIn[] {
    const found = new Set<ExpectedPayIn>();
    for (const text of textsOf(entry)) {
      for (const key of [word(text), ...text.split(/[\s,;|]+/).map(word), ...text.split(/[^A-Za-z0-9]+/).map(word)]) {
        for (const payIn of this.payInsByReference.get(key) ?? []) found.add(payIn);
      }
    }
    return sortedById(onAccount([...found], entry.account));
  }
}

function textsOf(entry: ReconEntry): readonly string[] {
  const details = entry.details.flatMap((detail) => [
    detail.endToEndId,
    detail.instructionId,
    detail.messageId,
    ...detail.remittance,
  ]);
  return [entry.reference, entry.additionalInfo, ...details]
    .filter((text) => referenceText(text) !== undefined)
    .map(String);
}

function word(text: string): string {
  return text.trim().toUpperCase();
}

function amountKey(row: { readonly amountMinor: bigint; readonly currency: string }): string {
  return `${row.currency} ${row.amountMinor}`;
}

function seenKey(account: string, reference: string): string {
  return `${account}\n${reference}`;
}

function onAccount<T extends { readonly account: string }>(
  rows: readonly T[] | undefined,
  account: string,
): readonly T[] {
  return rows?.filter((row) => row.account === account) ?? [];
}
