/** The job `write-transfer-files`: scheduled transfers become frozen pain.001 bytes that wait for a person's approval. */
import { createHash } from "node:crypto";
import { outboundName } from "../bankfiles/profile/file-name.ts";
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { checkMessage } from "../bankfiles/write/check-message.ts";
import { checkTransfers } from "../bankfiles/write/check-transfers.ts";
import { planExecutionDate } from "../bankfiles/write/execution-date.ts";
import { paymentInformationId } from "../bankfiles/write/identifier.ts";
import { encodePain001, type Pain001Message, type Pain001Transfer } from "../bankfiles/write/pain001.ts";
import { recount } from "../bankfiles/write/recount.ts";
import { type PlannedFile, splitByLimits } from "../bankfiles/write/split.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import type { HoldReason } from "../domain/hold-reason.ts";
import { messageId } from "../domain/ids.ts";
import { isCooling } from "../domain/settlement.ts";
import { postToJournal } from "../store/journal.ts";
import { allMarketplaces, type Marketplace, turnOfMarketplace } from "../store/marketplaces.ts";
import { sellerPolicyOf } from "../store/policies.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { filesForBank, filesOfDay, freezeTransfers, insertTransferFile } from "../store/transfer-files.ts";
import { holdTransfers, type PayableTransfer, scheduledTransfers } from "../store/transfers.ts";
import type { Context, Job } from "./context.ts";

interface Written {
  readonly files: number;
  readonly transfers: number;
  readonly sum: bigint;
  readonly held: number;
  readonly findings: readonly Finding[];
}

export const writeTransferFiles: Job = async (context, businessDate) => {
  const counts: Record<string, number | bigint | string> = {};
  const findings: Finding[] = [];
  for (const marketplace of await allMarketplaces(context.store.db)) {
    if (marketplace.row.blocked_reason !== null) {
      findings.push(blockedFinding(marketplace));
      continue;
    }
    // A bank numbers its files of all marketplaces.
    const apart = { alone: [turnOfMarketplace(marketplace.ref), `bank/${marketplace.row.bank}`] };
    // One transaction: what the bytes say and what the books say are frozen together, or neither is.
    const written = await context.store.write((tx) => writeFilesOf(tx, context, marketplace, businessDate), apart);
    for (const name of ["files", "transfers", "sum", "held"] as const)
      counts[`${marketplace.ref}.${name}`] = written[name];
    findings.push(...written.findings);
  }
  return { counts, findings };
};

function blockedFinding({ ref, row }: Marketplace): Finding {
  return {
    code: "FILES_BLOCKED",
    where: `marketplace ${ref}`,
    found: row.blocked_reason ?? "",
    expected: "books that verify: run `remit verify`, mend what it names, then run verify-books",
  };
}

async function writeFilesOf(
  tx: Transaction,
  context: Context,
  marketplace: Marketplace,
  businessDate: string,
): Promise<Written> {
  const now = context.clock();
  const profile = context.profile(marketplace.row.bank_profile);
  const scheduled = await scheduledTransfers(tx.db, marketplace.id);
  const remittance = `${marketplace.row.name} ${businessDate}`;
  const { good, refused, findings } = sift(scheduled, profile, remittance, (transfer) =>
    sellerProblem(transfer, marketplace, now),
  );
  await holdRefused(tx, marketplace, refused, businessDate, now);
  if (good.length === 0) return { files: 0, transfers: 0, sum: 0n, held: refused.length, findings };
  const date = executionDate(businessDate, now, profile, marketplace);
  const debtor = debtorOf(marketplace);
  // One file, one currency: its sum is compared with what the ledger holds in transit for it.
  const plans = [...new Set(good.map(({ currency }) => currency))].sort().flatMap((currency) => {
    const transfers = good.filter((transfer) => transfer.currency === currency);
    return splitByLimits(
      [{ debtor, executionDate: date, transfers: transfers.map((transfer) => toPain001(transfer, remittance)) }],
      profile,
    );
  });
  const byId = new Map(good.map((transfer) => [transfer.endToEndId, transfer]));
  const made = await filesOfDay(tx.db, marketplace.id, businessDate);
  let sum = 0n;
  for (const [index, plan] of plans.entries()) {
    const id = messageId({ marketplace: marketplace.ref, date: businessDate, ordinal: made + index + 1 });
    const transfers = plan.payments.flatMap((payment) =>
      payment.transfers.map(({ endToEndId }) => mustGet(byId, endToEndId)),
    );
    await freezeFile(tx, { context, marketplace, profile, businessDate, now, remittance }, plan, id, transfers);
    sum += plan.sumMinor;
  }
  return { files: plans.length, transfers: good.length, sum, held: refused.length, findings };
}

interface Sifted {
  readonly good: readonly PayableTransfer[];
  readonly refused: readonly { readonly transfer: PayableTransfer; readonly reason: HoldReason }[];
  readonly findings: readonly Finding[];
}

/** The last look before bytes are frozen: an account or a validation may have changed since the settlement. */
function sift(
  scheduled: readonly PayableTransfer[],
  profile: BankProfile,
  remittance: string,
  sellerProblem: (transfer: PayableTransfer) => HoldReason | undefined,
): Sifted {
  const findings = checkTransfers(
    scheduled.map((transfer) => toPain001(transfer, remittance)),
    profile,
    { maxFindings: Number.MAX_SAFE_INTEGER },
  );
  const faulty = new Set(findings.map(({ index }) => index));
  const refused = scheduled.flatMap((transfer, index): Sifted["refused"] => {
    const reason = faulty.has(index) ? (sellerProblem(transfer) ?? "NO_ACCOUNT") : sellerProblem(transfer);
    return reason === undefined ? [] : [{ transfer, reason }];
  });
  const out = new Set(refused.map(({ transfer }) => transfer.id));
  return { good: scheduled.filter(({ id }) => !out.has(id)), refused, findings };
}

/** What a person or a change of account stopped since the transfer was made. */
function sellerProblem(
  transfer: PayableTransfer,
  { settlementPolicy }: Marketplace,
  now: Date,
): HoldReason | undefined {
  if (transfer.isHeld) return "SELLER_HELD";
  if (transfer.onboarding !== "VALIDATED") return "SELLER_NOT_VALIDATED";
  const { coolingHours } = sellerPolicyOf(settlementPolicy, { settlement_policy: transfer.sellerPolicy });
  const account = { changedAt: transfer.accountChangedAt, createdAt: transfer.createdAt };
  return isCooling(account, now, coolingHours) ? "ACCOUNT_COOLING" : undefined;
}

async function holdRefused(
  tx: Transaction,
  marketplace: Marketplace,
  refused: Sifted["refused"],
  businessDate: string,
  now: Date,
): Promise<void> {
  await holdTransfers(
    tx,
    refused.map(({ transfer, reason }) => ({ id: transfer.id, reason })),
    now,
  );
  await postToJournal(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate },
    refused.map(({ transfer }) => ({
      movement: "HELD",
      sellerId: transfer.sellerId,
      amount: transfer.amount,
      currency: transfer.currency,
      cause: { kind: "TRANSFER", id: transfer.id },
    })),
  );
  await recordStatusChanges(
    tx,
    marketplace.id,
    refused.map(({ transfer, reason }) => ({
      kind: "transfer",
      ref: transfer.endToEndId,
      status: "ON_HOLD",
      detail: reason,
    })),
    now,
  );
}

interface Freezing {
  readonly context: Context;
  readonly marketplace: Marketplace;
  readonly profile: BankProfile;
  readonly businessDate: string;
  readonly now: Date;
  readonly remittance: string;
}

async function freezeFile(
  tx: Transaction,
  { context, marketplace, profile, businessDate, now, remittance }: Freezing,
  plan: PlannedFile,
  id: string,
  transfers: readonly PayableTransfer[],
): Promise<void> {
  const message: Pain001Message = {
    messageId: id,
    createdAt: now,
    initiatingParty: { name: marketplace.row.debtor_name },
    payments: plan.payments,
  };
  const bytes = renderChecked(message, plan, profile);
  const sequence = (await filesForBank(tx.db, marketplace.row.bank, businessDate)) + 1;
  const [payment] = plan.payments;
  if (payment === undefined) throw new Error("a planned file has at least one payment");
  const fileId = await insertTransferFile(tx, {
    marketplaceId: marketplace.id,
    bank: marketplace.row.bank,
    bankProfile: profile.name,
    messageId: id,
    remoteName: outboundName(profile, { messageId: id, date: businessDate, sequence, service: payment.service }),
    currency: payment.currency,
    count: plan.count,
    sum: plan.sumMinor,
    executionDate: payment.executionDate,
    businessDate,
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    madeBy: context.actor,
    now,
  });
  const idOf = new Map(transfers.map((transfer) => [transfer.endToEndId, transfer.id]));
  for (const [index, { transfers: paid }] of plan.payments.entries()) {
    const file = { id: fileId, paymentInformationId: paymentInformationId(id, index + 1) };
    const ids = paid.flatMap(({ endToEndId }) => idOf.get(endToEndId) ?? []);
    await freezeTransfers(tx, file, ids, remittance, now);
  }
  await postToJournal(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate },
    transfers.map(({ id: transferId, sellerId, amount, currency }) => ({
      movement: "FROZEN_IN_FILE",
      sellerId,
      amount,
      currency,
      cause: { kind: "TRANSFER", id: transferId },
    })),
  );
  await recordStatusChanges(
    tx,
    marketplace.id,
    transfers.map(({ endToEndId }) => ({ kind: "transfer", ref: endToEndId, status: "IN_FILE", detail: id })),
    now,
  );
}

/** The bytes, checked at both ends: the message before it is written, its sums recounted from what was written. */
function renderChecked(message: Pain001Message, plan: PlannedFile, profile: BankProfile): Uint8Array {
  const faults = checkMessage(message, profile);
  if (faults.length > 0) throw new RemitError("BANK_FILE_INVALID", { where: message.messageId, findings: faults });
  const bytes = Buffer.concat([...encodePain001(message, profile)]);
  const counted = recount([bytes]);
  if (counted.count !== plan.count || counted.sumMinor !== plan.sumMinor || counted.messageId !== message.messageId) {
    throw new RemitError("BANK_FILE_INVALID", {
      where: message.messageId,
      found: `${counted.count} transfers of ${counted.sumMinor} minor units in the finished bytes`,
      expected: `${plan.count} of ${plan.sumMinor}`,
    });
  }
  return bytes;
}

function executionDate(businessDate: string, now: Date, profile: BankProfile, marketplace: Marketplace): string {
  const planned = planExecutionDate(businessDate, now, profile, profile.services[0]);
  if (planned.ok) return planned.date;
  throw new RemitError("BANK_FILE_INVALID", {
    where: `marketplace ${marketplace.ref}, execution date`,
    found: businessDate,
    expected: planned.expected,
  });
}

function debtorOf({ row }: Marketplace) {
  return { name: row.debtor_name, iban: row.debtor_iban, ...(row.debtor_bic === null ? {} : { bic: row.debtor_bic }) };
}

function toPain001(transfer: PayableTransfer, remittance: string): Pain001Transfer {
  return {
    endToEndId: transfer.endToEndId,
    instructionId: transfer.endToEndId,
    amountMinor: transfer.amount,
    currency: transfer.currency,
    creditor: {
      name: transfer.accountHolder,
      iban: transfer.iban ?? "",
      ...(transfer.bic === null ? {} : { bic: transfer.bic }),
      ...(transfer.address === null ? {} : { address: JSON.parse(transfer.address) }),
    },
    remittance,
  };
}

function mustGet(transfers: ReadonlyMap<string, PayableTransfer>, endToEndId: string): PayableTransfer {
  const transfer = transfers.get(endToEndId);
  if (transfer === undefined) throw new Error(`transfer ${endToEndId} stands in a planned file but was not scheduled`);
  return transfer;
}
