/** The job `reconcile`: ledger, transfers and bank lines laid side by side; what does not match becomes an exception with an owner. */
import type { Finding } from "../domain/finding.ts";
import type { Posting } from "../domain/ledger.ts";
import { markEntries, openEntries } from "../store/bank-entries.ts";
import { type NewException, openExceptions, resolveMissing } from "../store/exceptions.ts";
import { postToJournal } from "../store/journal.ts";
import { allMarketplaces, type Marketplace } from "../store/marketplaces.ts";
import { markNeverHeardBack, silentFiles } from "../store/silence.ts";
import type { Transaction } from "../store/store.ts";
import { applyBankEntries, type BankMatching, type BankMatchingReport } from "./apply-bank-entries.ts";
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
  }
  return { counts, findings };
};

async function reconcileOne(tx: Transaction, reconciling: BankMatching) {
  const { marketplace, businessDate, now } = reconciling;
  const matched = await applyBankEntries(tx, reconciling);
  const suspended = await suspendUnexplained(tx, reconciling, matched);
  const silent = await raiseSilence(tx, marketplace, businessDate, now);
  const missing = await watchStatements(tx, reconciling);
  const resolved = await resolveMissing(
    tx,
    { marketplaceId: marketplace.id, prefix: "recon/" },
    matched.exceptions.map(({ identity }) => identity),
    "the reconciliation no longer finds it",
    now,
  );
  const inState = (state: string): number => matched.result.entries.filter((entry) => entry.state === state).length;
  return {
    exceptions: [...matched.exceptions, ...silent, ...missing],
    counts: {
      executed: matched.executed,
      returned: matched.returned,
      paidIn: matched.paidIn,
      matched: inState("MATCHED"),
      partlyMatched: inState("PARTLY_MATCHED"),
      unmatched: inState("UNMATCHED"),
      proposals: matched.result.proposals.length,
      exceptions: matched.exceptions.length,
      silent: silent.length,
      statements: missing.length,
      suspended,
      resolved,
    },
  };
}

/** What nobody expected, or not so much of, still moved our money: it stands in suspense until finance says what it was. */
async function suspendUnexplained(
  tx: Transaction,
  { marketplace, businessDate }: BankMatching,
  { unexplained, result }: BankMatchingReport,
): Promise<number> {
  const open = (await openEntries(tx.db, marketplace.id)).map((line) => ({
    ...line,
    missing: (unexplained.get(line.identity) ?? 0n) - line.suspended,
  }));
  const lines = open.filter(({ missing }) => missing > 0n);
  await postToJournal(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate },
    lines.map(
      ({ id, missing, currency, direction }): Posting => ({
        movement: direction === "CRDT" ? "UNEXPECTED_CREDIT" : "UNEXPECTED_DEBIT",
        amount: missing,
        currency,
        cause: { kind: "BANK_ENTRY", id },
      }),
    ),
  );
  const results = new Map(result.entries.map((entry) => [entry.entry, entry]));
  await markEntries(
    tx,
    lines.map(({ id, identity, suspended, missing, state }) => {
      const reason = results.get(identity)?.reason;
      return { id, state, suspended: suspended + missing, ...(reason === undefined ? {} : { reason }) };
    }),
  );
  return lines.length;
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
