/** The pain.001 writer: a stream of text whose bytes depend on its input only, in memory that does not grow with it. */
import { RemitError } from "../../domain/errors.ts";
import type { BankProfile, BankService } from "../profile/profile.ts";
import { ByteChunk } from "./byte-chunk.ts";
import { ExactSum } from "./exact-sum.ts";
import { paymentInformationId } from "./identifier.ts";
import { messageFrame, paymentFrame } from "./message-head.ts";
import { serviceFor, serviceNamed } from "./service.ts";
import type { Pain001Batch, Pain001Message, Pain001Transfer } from "./transfer.ts";
import { type TransferRenderer, transferRenderer } from "./transfer-template.ts";

export type { Pain001Address, Pain001Batch, Pain001Creditor, Pain001Debtor } from "./transfer.ts";
export type { Pain001Message, Pain001Transfer };

const CHUNK_BYTES = 60_000;

interface Totals {
  readonly count: number;
  readonly sumMinor: bigint;
}

/** The same as text, for whoever wants that; the bytes are what a bank gets. */
export function* writePain001(message: Pain001Message, profile: BankProfile): Generator<string, void, undefined> {
  for (const bytes of encodePain001(message, profile)) yield bytes.toString("utf8");
}

/**
 * The message as chunks of UTF-8 without a byte order mark; a chunk never ends within a character. Texts are converted to the profile's
 * character set; nothing is checked here beyond the sums, so run `checkMessage` and `checkTransfers` first.
 * Throws BANK_FILE_INVALID when the transfers do not add up to the count and sum announced for them, when a batch is
 * empty, or when no service of the profile carries it.
 */
export function* encodePain001(message: Pain001Message, profile: BankProfile): Generator<Buffer, void, undefined> {
  const payments = message.payments.map((batch, index) => ({
    batch,
    totals: totalsOf(batch),
    service: serviceOf(batch, profile),
    id: batch.paymentInformationId ?? paymentInformationId(message.messageId, index + 1),
  }));
  const count = payments.reduce((sum, { totals }) => sum + totals.count, 0);
  const sumMinor = payments.reduce((sum, { totals }) => sum + totals.sumMinor, 0n);
  const document = messageFrame({ ...message, count, sumMinor }, profile);
  const renderer = transferRenderer(profile);
  const chunk = new ByteChunk();
  chunk.add(document.before);
  for (const { batch, totals, service, id } of payments) {
    const frame = paymentFrame({ ...batch, ...totals, paymentInformationId: id, service }, profile);
    chunk.add(frame.before);
    yield* writeTransfers(batch, totals, renderer, chunk);
    chunk.add(frame.after);
  }
  chunk.add(document.after);
  yield chunk.take();
}

function* writeTransfers(
  batch: Pain001Batch,
  announced: Totals,
  renderer: TransferRenderer,
  chunk: ByteChunk,
): Generator<Buffer, void, undefined> {
  let count = 0;
  const sum = new ExactSum();
  for (const transfer of batch.transfers) {
    chunk.add(renderer.render(transfer));
    count += 1;
    sum.add(transfer.amountMinor);
    if (chunk.length >= CHUNK_BYTES) yield chunk.take();
  }
  const sumMinor = sum.total;
  if (count !== announced.count || sumMinor !== announced.sumMinor) {
    throw new RemitError("BANK_FILE_INVALID", {
      where: `payment with execution date ${batch.executionDate}`,
      found: `${count} transfers of ${sumMinor} minor units`,
      expected: `${announced.count} of ${announced.sumMinor}, as announced in its head`,
    });
  }
}

function totalsOf(batch: Pain001Batch): Totals {
  if (batch.count !== undefined && batch.sumMinor !== undefined) {
    return { count: batch.count, sumMinor: batch.sumMinor };
  }
  let count = 0;
  const sum = new ExactSum();
  for (const transfer of batch.transfers) {
    count += 1;
    sum.add(transfer.amountMinor);
  }
  return { count, sumMinor: sum.total };
}

/** The service of a batch: the one it names, else the first of the profile that fits its first transfer. */
export function serviceOf(batch: Pain001Batch, profile: BankProfile): BankService {
  const [first] = take(batch.transfers, 1);
  const service =
    batch.service === undefined
      ? first === undefined
        ? undefined
        : serviceFor(first, profile)
      : serviceNamed(profile, batch.service);
  if (first === undefined || service === undefined) {
    throw new RemitError("BANK_FILE_INVALID", {
      where: `payment with execution date ${batch.executionDate}`,
      found: first === undefined ? "no transfers" : (batch.service ?? `a transfer in ${first.currency}`),
      expected: `transfers of one of the services ${profile.services.map(({ name }) => name).join(", ")}`,
    });
  }
  return service;
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}
