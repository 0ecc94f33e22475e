/** What the sandbox bank can swear to: what it received, what it paid, and what it paid twice. */
import type { BankState, BankTransfer, ReceivedFile } from "./bank-state.ts";

/** One transfer the bank has paid: debited from the client and sent to the creditor. Amounts are cents. */
export interface PaidTransfer {
  readonly endToEndId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly creditorIban: string;
  readonly creditorName: string;
  readonly messageId: string;
  readonly bookedOn: string;
  /** Set when it came back. */
  readonly returnedOn?: string;
}

/** An accepted transfer that waits for its execution date. */
export interface PendingTransfer {
  readonly endToEndId: string;
  readonly amountMinor: bigint;
  readonly creditorIban: string;
  readonly messageId: string;
  readonly executionDate: string;
}

/** One end-to-end id that was accepted for payment more than once. */
export interface DoublePayment {
  readonly endToEndId: string;
  readonly times: number;
  readonly totalMinor: bigint;
  readonly messageIds: readonly string[];
}

export function paidTransfers(state: BankState): PaidTransfer[] {
  return state.transfers.flatMap((transfer) =>
    transfer.bookedOn === undefined
      ? []
      : [
          {
            endToEndId: transfer.endToEndId,
            amountMinor: BigInt(transfer.amountMinor),
            currency: transfer.currency,
            creditorIban: transfer.creditorIban,
            creditorName: transfer.creditorName,
            messageId: transfer.messageId,
            bookedOn: transfer.bookedOn,
            ...(transfer.returnedOn === undefined ? {} : { returnedOn: transfer.returnedOn }),
          },
        ],
  );
}

export function pendingTransfers(state: BankState): PendingTransfer[] {
  return state.transfers
    .filter(({ progress }) => progress === "ACCEPTED")
    .map(({ endToEndId, amountMinor, creditorIban, messageId, executionDate }) => ({
      endToEndId,
      amountMinor: BigInt(amountMinor),
      creditorIban,
      messageId,
      executionDate,
    }));
}

/** The alarm: a bank pays what it is told, twice if told twice; it does not compare end-to-end ids, a witness does. */
export function doublePayments(state: BankState): DoublePayment[] {
  const byId = new Map<string, BankTransfer[]>();
  for (const transfer of state.transfers) {
    if (transfer.progress === "REJECTED" || transfer.endToEndId === "NOTPROVIDED") continue;
    const same = byId.get(transfer.endToEndId);
    if (same === undefined) byId.set(transfer.endToEndId, [transfer]);
    else same.push(transfer);
  }
  return [...byId]
    .filter(([, same]) => same.length > 1)
    .map(([endToEndId, same]) => ({
      endToEndId,
      times: same.length,
      totalMinor: same.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n),
      messageIds: same.map(({ messageId }) => messageId),
    }));
}

export function receivedFiles(state: BankState): readonly ReceivedFile[] {
  return state.files.map((file) => ({ ...file }));
}
