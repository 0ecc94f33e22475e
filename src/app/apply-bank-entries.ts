/** Lays open bank lines beside transfers and pay-ins and applies what the matcher is sure of: executed, returned, paid in, charged. */
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { addDays } from "../domain/calendar.ts";
import { shortHash } from "../domain/ids.ts";
import { matchPages } from "../recon/match-pages.ts";
import { type ExpectedPayIn, RECON_DEFAULTS, type ReconSettings } from "../recon/recon-input.ts";
import { type EntryState, RECON_EXCEPTIONS, type ReconException } from "../recon/recon-result.ts";
import { adoptEntries } from "../store/bank-entries.ts";
import { isOpen, type NewException, openExceptions, resolveExceptions } from "../store/exceptions.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { type PayInWithLines, payInCandidates } from "../store/payins.ts";
import type { Transaction } from "../store/store.ts";
import { unknownAccountIdentity } from "./keep-statements.ts";
import { type Decided, LineSource } from "./line-source.ts";
import { MatchTally } from "./match-tally.ts";
import { type MatchOccasion, MatchWork } from "./match-work.ts";

export interface BankMatching extends MatchOccasion {
  /** Of the bank: what may be charged without anybody being asked. */
  readonly profile: BankProfile;
  /** The run that finds the exceptions, when it closes those it does not find again. */
  readonly foundIn?: bigint;
  /** So many lines are in memory at a time. */
  readonly pageSize?: number;
}

export interface BankMatchingReport {
  readonly executed: number;
  readonly returned: number;
  /** Pay-ins that are complete now. */
  readonly paidIn: number;
  /** Lines that went to suspense, wholly or in part. */
  readonly suspended: number;
  readonly states: Readonly<Record<EntryState, number>>;
  readonly proposals: number;
  readonly exceptions: number;
  /** The first of the exceptions, as many as a person reads. */
  readonly told: readonly NewException[];
}

const PAGE_SIZE = 1_000;
/** A pay-in that was named so long ago is not compared with new lines any more. */
const PAY_IN_DAYS = 400;

/** One marketplace, one transaction. Running it again with nothing new changes nothing. */
export async function applyBankEntries(tx: Transaction, matching: BankMatching): Promise<BankMatchingReport> {
  const { marketplace, businessDate, pageSize = PAGE_SIZE } = matching;
  await adoptKnownAccount(tx, matching);
  const payIns = await payInCandidates(tx.db, marketplace.id, addDays(businessDate, -PAY_IN_DAYS));
  const tally = new MatchTally();
  const settings = settingsOf(matching);
  const source = new LineSource(tx, {
    marketplace,
    settings,
    pageSize,
    apply: (decided) => applyDecided(tx, matching, { decided, payIns, tally }),
  });
  const expected = payIns.map((payIn) => expectedPayIn(payIn, marketplace.row.debtor_iban));
  await matchPages({ source, payIns: expected, settings, pageSize });
  await tally.finish(tx, matching.now);
  return tally;
}

interface Applying {
  readonly decided: Decided;
  readonly payIns: readonly PayInWithLines[];
  readonly tally: MatchTally;
}

async function applyDecided(
  tx: Transaction,
  matching: BankMatching,
  { decided, payIns, tally }: Applying,
): Promise<void> {
  const { marketplace, businessDate, now, foundIn } = matching;
  const { result, transfers } = decided;
  const work = new MatchWork(matching, decided, payIns);
  for (const match of result.matches) work.take(match);
  await work.write(tx, result);
  const names = {
    transfers: new Map([...transfers].map(([id, { endToEndId }]) => [id, endToEndId])),
    payIns: new Map(payIns.map(({ id, ref }) => [String(id), ref])),
  };
  const exceptions = result.exceptions.map((exception) => newException(exception, marketplace, names));
  await openExceptions(tx, exceptions, businessDate, now, foundIn);
  tally.add(work, result, exceptions);
}

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

/** The same matter has the same identity in every run, so that it is opened once. */
function newException(
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
