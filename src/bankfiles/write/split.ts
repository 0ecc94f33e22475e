/** Sorting transfers into payments and files: by debtor, date, service and currency, within the bank's limits. */
import { RemitError } from "../../domain/errors.ts";
import type { BankProfile, BankService } from "../profile/profile.ts";
import { serviceFor } from "./service.ts";
import type { Pain001Batch, Pain001Debtor, Pain001Transfer } from "./transfer.ts";
import { transferRenderer } from "./transfer-template.ts";

/** Transfers that one debtor wants executed on one date. */
export interface PaymentRequest {
  readonly debtor: Pain001Debtor;
  readonly executionDate: string;
  readonly transfers: Iterable<Pain001Transfer>;
}

/** A payment with its sums known, ready for the writer. */
export interface PlannedBatch extends Pain001Batch {
  readonly service: string;
  readonly currency: string;
  readonly transfers: readonly Pain001Transfer[];
  readonly count: number;
  readonly sumMinor: bigint;
}

export interface PlannedFile {
  readonly payments: readonly PlannedBatch[];
  readonly count: number;
  readonly sumMinor: bigint;
}

interface Group {
  readonly debtor: Pain001Debtor;
  readonly executionDate: string;
  readonly service: BankService;
  readonly currency: string;
  readonly transfers: Pain001Transfer[];
}

/** More than any head takes: about 900 bytes for a payment, 700 for the message. */
const PAYMENT_HEAD_BYTES = 2_000;
const MESSAGE_HEAD_BYTES = 2_000;
/** More than any transfer takes: 24 texts of at most 140 characters, escaped, and the tags. */
const TRANSFER_BYTES = 4_000;

/**
 * The files to write, in the order of the input; the same input always gives the same plan. Transfers must have been
 * checked: one that no service takes throws BANK_FILE_INVALID.
 */
export function splitByLimits(requests: Iterable<PaymentRequest>, profile: BankProfile): readonly PlannedFile[] {
  const files: FileInWork[] = [];
  const size = sizeOf(profile);
  for (const group of groupsOf(requests, profile)) {
    let file = files.findLast((candidate) => takesGroup(candidate, group, profile));
    let batch: BatchInWork | undefined;
    for (const transfer of group.transfers) {
      const bytes = size(transfer);
      if (file !== undefined && isFull(file, bytes, profile)) file = undefined;
      if (batch === undefined || file === undefined || batch.transfers.length >= profile.limits.transfersPerPayment) {
        if (file === undefined || !roomForPayment(file, bytes, profile)) {
          file = { payments: [], count: 0, bytes: MESSAGE_HEAD_BYTES, service: group.service.name };
          files.push(file);
        }
        batch = { group, transfers: [] };
        file.payments.push(batch);
        file.bytes += PAYMENT_HEAD_BYTES;
      }
      batch.transfers.push(transfer);
      file.count += 1;
      file.bytes += bytes;
    }
  }
  return files.map(planned);
}

interface BatchInWork {
  readonly group: Group;
  readonly transfers: Pain001Transfer[];
}

interface FileInWork {
  readonly payments: BatchInWork[];
  readonly service: string;
  count: number;
  bytes: number;
}

function groupsOf(requests: Iterable<PaymentRequest>, profile: BankProfile): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { debtor, executionDate, transfers } of requests) {
    for (const transfer of transfers) {
      const service = serviceFor(transfer, profile);
      if (service === undefined) {
        throw new RemitError("BANK_FILE_INVALID", {
          where: transfer.endToEndId,
          found: `a transfer in ${transfer.currency} to ${transfer.creditor.iban.slice(0, 2)}`,
          expected: `a transfer that a service of ${profile.name} takes`,
        });
      }
      const key = JSON.stringify([
        debtor.iban,
        debtor.name,
        debtor.bic,
        executionDate,
        service.name,
        transfer.currency,
      ]);
      const group = groups.get(key);
      if (group !== undefined) group.transfers.push(transfer);
      else {
        const { currency } = transfer;
        groups.set(key, { debtor, executionDate, service, currency, transfers: [transfer] });
      }
    }
  }
  return [...groups.values()];
}

/** Bytes of a transfer in the file; only where the limit could matter is it rendered to find out. */
function sizeOf(profile: BankProfile): (transfer: Pain001Transfer) => number {
  if (profile.limits.bytesPerFile >= profile.limits.transfersPerFile * TRANSFER_BYTES) return () => 0;
  const renderer = transferRenderer(profile);
  return (transfer) => Buffer.byteLength(renderer.render(transfer));
}

function takesGroup(file: FileInWork, { service }: Group, profile: BankProfile): boolean {
  if (profile.paymentInformation === "one" && file.payments.length > 0) return false;
  return profile.servicesPerFile === "many" || file.service === service.name;
}

function isFull(file: FileInWork, bytes: number, { limits }: BankProfile): boolean {
  return file.count >= limits.transfersPerFile || file.bytes + bytes > limits.bytesPerFile;
}

function roomForPayment(file: FileInWork, bytes: number, { limits, paymentInformation }: BankProfile): boolean {
  const allowed = paymentInformation === "one" ? 1 : limits.paymentsPerFile;
  return file.payments.length < allowed && file.bytes + PAYMENT_HEAD_BYTES + bytes <= limits.bytesPerFile;
}

function planned(file: FileInWork): PlannedFile {
  const payments = file.payments.map(({ group, transfers }) => ({
    debtor: group.debtor,
    executionDate: group.executionDate,
    service: group.service.name,
    currency: group.currency,
    transfers,
    count: transfers.length,
    sumMinor: transfers.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
  }));
  return { payments, count: file.count, sumMinor: payments.reduce((sum, { sumMinor }) => sum + sumMinor, 0n) };
}
