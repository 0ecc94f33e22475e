/** The job `reconcile`: ledger, transfers and bank lines laid side by side; what does not match becomes an exception with an owner. */
import type { Finding } from "../domain/finding.ts";
import { type NewException, nextFindingRun, openExceptions, resolveNotFound } from "../store/exceptions.ts";
import { allMarketplaces, type Marketplace } from "../store/marketplaces.ts";
import { markNeverHeardBack, silentFiles } from "../store/silence.ts";
import type { Transaction } from "../store/store.ts";
import { applyBankEntries, type BankMatching } from "./apply-bank-entries.ts";
import type { Job } from "./context.ts";
import { maskedText } from "./reports/masked-text.ts";
import { watchStatements } from "./watch-statements.ts";

/** Running it again any day gives the same answer: exceptions are opened once, and closed when they are no longer found. */
export const reconcile: Job = async ({ store, clock, profile }, businessDate) => {
  const counts: Record<string, number> = {};
  const findings: Finding[] = [];
  for (const marketplace of await allMarketplaces(store.db)) {
    const bank = profile(marketplace.row.bank_profile);
    const now = clock();
    const done = await store.write((tx) => reconcileOne(tx, { marketplace, profile: bank, businessDate, now }));
    for (const [name, value] of Object.entries(done.counts)) counts[`${marketplace.ref}.${name}`] = value;
    findings.push(...done.exceptions.map((exception) => findingOf(marketplace, exception)));
    if (done.untold > 0) findings.push(untold(marketplace, done.untold));
  }
  return { counts, findings };
};

async function reconcileOne(tx: Transaction, reconciling: BankMatching) {
  const { marketplace, businessDate, now } = reconciling;
  const foundIn = await nextFindingRun(tx);
  const matched = await applyBankEntries(tx, { ...reconciling, suspend: true, foundIn });
  const silent = await raiseSilence(tx, marketplace, businessDate, now);
  const missing = await watchStatements(tx, reconciling);
  const found = { marketplaceId: marketplace.id, prefix: "recon/" };
  const resolved = await resolveNotFound(tx, found, foundIn, "the reconciliation no longer finds it", now);
  const { executed, returned, paidIn, states, proposals, exceptions, suspended } = matched;
  return {
    exceptions: [...matched.told, ...silent, ...missing],
    untold: exceptions - matched.told.length,
    counts: {
      executed,
      returned,
      paidIn,
      matched: states.MATCHED,
      partlyMatched: states.PARTLY_MATCHED,
      unmatched: states.UNMATCHED,
      proposals,
      exceptions,
      silent: silent.length,
      statements: missing.length,
      suspended,
      resolved,
    },
  };
}

async function raiseSilence(
  tx: Transaction,
  marketplace: Marketplace,
  businessDate: string,
  now: Date,
): Promise<readonly NewException[]> {
  const silent = await silentFiles(tx.db, marketplace.id, now);
  await markNeverHeardBack(
    tx,
    silent.map(({ id }) => id),
    now,
  );
  const exceptions = silent.map(
    ({ message_id, answer_by, transfer_sum, currency }): NewException => ({
      identity: `never-heard-back/${message_id}`,
      marketplaceId: marketplace.id,
      reason: "NEVER_HEARD_BACK",
      subjectKind: "transfer-file",
      subjectRef: message_id,
      says: `the bank should have answered by ${answer_by}; ask it, and never send the file again by itself`,
      amount: transfer_sum,
      currency,
      owner: "operations",
    }),
  );
  await openExceptions(tx, exceptions, businessDate, now);
  return exceptions;
}

function findingOf({ ref }: Marketplace, { reason, subjectKind, subjectRef, says }: NewException): Finding {
  return {
    code: reason,
    where: `marketplace ${ref}: ${subjectKind} ${maskedText(subjectRef)}`,
    found: maskedText(says),
    expected: "nothing left open",
  };
}

function untold({ ref }: Marketplace, count: number): Finding {
  return {
    code: "EXCEPTIONS_UNTOLD",
    where: `marketplace ${ref}`,
    found: `${count} more exceptions, which stand among the open exceptions`,
    expected: "nothing left open",
  };
}
