/** Lays open bank lines beside transfers and pay-ins and applies what the matcher is sure of: executed, returned, paid in, charged. */
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { addDays } from "../domain/calendar.ts";
import { shortHash } from "../domain/ids.ts";
import { matchEntries } from "../recon/match.ts";
import { type ExpectedPayIn, RECON_DEFAULTS, type ReconSettings, type ReconTransfer } from "../recon/recon-input.ts";
import { RECON_EXCEPTIONS, type ReconException, type ReconResult } from "../recon/recon-result.ts";
import { adoptEntries, openEntries } from "../store/bank-entries.ts";
import { isOpen, type NewException, openExceptions, resolveExceptions } from "../store/exceptions.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { type MatchCandidate, matchCandidates } from "../store/match-candidates.ts";
import { type PayInWithLines, payInCandidates } from "../store/payins.ts";
import type { Transaction } from "../store/store.ts";
import { factOf } from "./fact-text.ts";
import { unknownAccountIdentity } from "./keep-statements.ts";
import { type MatchOccasion, MatchWork } from "./match-work.ts";

export interface BankMatching extends MatchOccasion {
  /** Of the bank: what may be charged without anybody being asked. */
  readonly profile: BankProfile;
}

export interface BankMatchingReport {
  readonly result: ReconResult;
  readonly executed: number;
  readonly returned: number;
  /** Pay-ins that are complete now. */
  readonly paidIn: number;
  readonly exceptions: readonly NewException[];
  /** What nothing explains of each line that stays open, by its identity. */
  readonly unexplained: ReadonlyMap<string, bigint>;
}

/** One marketplace, one transaction. Running it again with nothing new changes nothing. */
export async function applyBankEntries(tx: Transaction, matching: BankMatching): Promise<BankMatchingReport> {
  const { marketplace, businessDate, now } = matching;
  await adoptKnownAccount(tx, matching);
  const entries = await openEntries(tx.db, marketplace.id);
  const facts = entries.map(({ fact }) => factOf(fact));
  const candidates = await matchCandidates(tx.db, marketplace.id, namesIn(facts));
  const payIns = await payInCandidates(tx.db, marketplace.id, addDays(businessDate, -PAY_IN_DAYS));
  const result = matchEntries({
    entries: facts,
    transfers: candidates.map(reconTransfer),
    payIns: payIns.map((payIn) => expectedPayIn(payIn, marketplace.row.debtor_iban)),
    settings: settingsOf(matching),
  });
  const work = new MatchWork(matching, entries, candidates, payIns);
  for (const match of result.matches) work.take(match);
  await work.write(tx, result);
  const names = {
    transfers: new Map(candidates.map(({ id, endToEndId }) => [String(id), endToEndId])),
    payIns: new Map(payIns.map(({ id, ref }) => [String(id), ref])),
  };
  const exceptions = result.exceptions.map((exception) => newException(exception, marketplace, names));
  await openExceptions(tx, exceptions, businessDate, now);
  return {
    result,
    executed: work.executed,
    returned: work.returned,
    paidIn: work.paidIn,
    exceptions,
    unexplained: work.unexplained,
  };
}

/** A pay-in that was named so long ago is not compared with new lines any more. */
const PAY_IN_DAYS = 400;

function settingsOf({ marketplace, businessDate, profile: { charges } }: BankMatching): ReconSettings {
  return {
    ...RECON_DEFAULTS,
    returnChargeLimitMinor: BigInt(charges.return),
    payInChargeLimitMinor: BigInt(charges.payIn),
    bankChargeLimitMinor: BigInt(charges.bank),
    asOf: businessDate,
    accounts: [marketplace.row.debtor_iban],
  };
}

function expectedPayIn(payIn: PayInWithLines, account: string): ExpectedPayIn {
  const { amount, charges, currency, references, expectedOn, paidBy } = payIn;
  return {
    id: String(payIn.id),
    references,
    account,
    amountMinor: amount,
    chargesMinor: charges,
    currency,
    expectedDate: expectedOn,
    ...(paidBy.length === 0 ? {} : { paidBy }),
  };
}

/** Lines that came before their account was in a marketplace become its own, and the matter is closed. */
async function adoptKnownAccount(tx: Transaction, { marketplace, now }: BankMatching): Promise<void> {
  const account = marketplace.row.debtor_iban;
  const matter = unknownAccountIdentity(account);
  if (!(await isOpen(tx.db, matter))) return;
  const lines = await adoptEntries(tx, account, marketplace.id);
  const how = `the account is in marketplace ${marketplace.ref} now: it has taken ${lines} lines over`;
  await resolveExceptions(tx, [matter], how, now);
}

function namesIn(facts: readonly ReturnType<typeof factOf>[]) {
  const endToEndIds = new Set<string>();
  const messageIds = new Set<string>();
  const paymentIds = new Set<string>();
  const add = (names: Set<string>, name: string | undefined): void => {
    if (name !== undefined && name.trim() !== "") names.add(name.trim());
  };
  for (const { details, batch } of facts) {
    add(messageIds, batch?.messageId);
    add(paymentIds, batch?.paymentInformationId);
    for (const detail of details) {
      add(endToEndIds, detail.endToEndId);
      add(endToEndIds, detail.instructionId);
      add(messageIds, detail.messageId);
      add(paymentIds, detail.paymentInformationId);
    }
  }
  return { endToEndIds: [...endToEndIds], messageIds: [...messageIds], paymentIds: [...paymentIds] };
}

function reconTransfer(candidate: MatchCandidate): ReconTransfer {
  const { bookedBy, returnedBy } = candidate;
  return {
    id: String(candidate.id),
    endToEndId: candidate.endToEndId,
    instructionId: candidate.endToEndId,
    paymentInformationId: candidate.paymentInformationId,
    messageId: candidate.messageId,
    account: candidate.account,
    iban: candidate.iban,
    amountMinor: candidate.amount,
    currency: candidate.currency,
    state: candidate.state,
    executionDate: candidate.executionDate,
    ...(bookedBy.length === 0 ? {} : { bookedBy }),
    ...(returnedBy === undefined ? {} : { returnedBy }),
  };
}

/** The same matter has the same identity in every run, so that it is opened once. */
export function newException(
  exception: ReconException,
  marketplace: Marketplace,
  names: { readonly transfers: ReadonlyMap<string, string>; readonly payIns: ReadonlyMap<string, string> },
): NewException {
  const transfers = exception.transfers.flatMap((id) => names.transfers.get(id) ?? []);
  const payIns = exception.payIns.flatMap((id) => names.payIns.get(id) ?? []);
  const subjects = [...exception.entries, ...transfers, ...payIns];
  return {
    identity: `recon/${exception.code}/${marketplace.ref}/${shortHash(subjects)}`,
    marketplaceId: marketplace.id,
    reason: exception.code,
    subjectKind: exception.entries.length > 0 ? "bank-entry" : transfers.length > 0 ? "transfer" : "payin",
    subjectRef: subjects[0] ?? exception.since,
    says: [RECON_EXCEPTIONS[exception.code].says, exception.detail].filter((text) => text !== undefined).join(": "),
    amount: exception.amountMinor,
    currency: exception.currency,
    owner: "finance",
  };
}
