/** Tells in plain words what happened at each moment of the rehearsal. */

import type { Context } from "../app/context.ts";
import { listTransferFiles } from "../app/list-transfer-files.ts";
import { listTransfers, type TransferSummary } from "../app/list-transfers.ts";
import { counted, euros } from "./page.ts";
import type { Happened } from "./run-days.ts";
import type { RunSlot } from "./timetable.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** Sums by name over all marketplaces, and the findings, of every run of a job at that moment. */
interface Work {
  readonly count: (name: string) => bigint;
  readonly findings: readonly string[];
}

type Tell = (teller: Teller, work: Work) => readonly string[] | Promise<readonly string[]>;

/** One sentence or more for each job that did something; what did nothing is not told. */
const TELL: Readonly<Record<string, Tell>> = {
  "authorise-due": (_teller, { count }) =>
    some(count("authorised"), (n) => `${counted(n, "authorisation")} given, a day before the capture`),
  "sweep-captures": (teller, work) => teller.tellSweep(work),
  settle: (teller, work) => teller.tellSettlement(work),
  "verify-books": (_teller, { count }) => [
    count("breaches") === 0n
      ? `books verified: no invariant is broken, ${counted(count("filesRecounted"), "file")} recounted byte by byte`
      : `BOOKS BROKEN: ${counted(count("breaches"), "breach", "breaches")}`,
  ],
  "write-transfer-files": (teller, { count }) => (count("files") === 0n ? [] : teller.tellWritten()),
  "send-files": (_teller, { count }) =>
    some(count("sent"), (n) => `${counted(n, "file")} handed to the bank over SFTP: written, read back, renamed`),
  "collect-files": (teller, work) => teller.tellAnswers(work),
  reconcile: (_teller, { count, findings }) => [
    findings.length === 0
      ? `reconciled: nothing is open${count("resolved") === 0n ? "" : `, ${counted(count("resolved"), "matter")} closed`}`
      : `reconciled: ${counted(findings.length, "matter")} for a person`,
  ],
  "make-reports": (_teller, { count }) =>
    some(count("files"), (n) => `${counted(n, "report")} written as HTML, CSV and JSON`),
};

export class Teller {
  private readonly context: Context;
  private before: Totals | undefined;
  private readonly told = new Set<string>();
  /** Notifications are told once a day. */
  private delivered = 0n;
  private charges = 0n;

  constructor(context: Context) {
    this.context = context;
  }

  async tell({ ran, approved }: Happened): Promise<readonly string[]> {
    const sentences: string[] = [];
    if (approved.length > 0) sentences.push(...(await this.tellApproved(approved)));
    for (const job of new Set(ran.map((slot) => slot.job))) {
      const work = workOf(ran.filter((slot) => slot.job === job));
      this.delivered += work.count("delivered");
      sentences.push(...((await TELL[job]?.(this, work)) ?? []), ...work.findings);
    }
    return sentences;
  }

  /** How many notifications were delivered since the last time this was asked. */
  tellNotifications(): readonly string[] {
    const { delivered } = this;
    this.delivered = 0n;
    return some(delivered, (n) => `${counted(n, "notification")} delivered, signed and in order, to the marketplace`);
  }

  async tellSweep({ count }: Work): Promise<readonly string[]> {
    return [
      ...(count("booked") === 0n ? [] : await this.tellBooked(count("booked") - count("succeeded"))),
      ...some(count("expired"), (n) => `${counted(n, "authorisation")} lapsed before anybody captured it: EXPIRED`),
      ...some(count("warned"), (n) => `warning: ${counted(n, "manual validation")} will lapse within 48 hours`),
    ];
  }

  /** What captures and refunds have changed since the last time. `elsewhere`: operations that were imported as done. */
  private async tellBooked(elsewhere: bigint): Promise<readonly string[]> {
    const after = await totalsOf(this.context.store.db);
    const grown = (name: keyof Totals) => after[name] - (this.before?.[name] ?? 0n);
    const [captured, refunded, fees] = [grown("captured"), grown("refunded"), grown("operatorFees")];
    this.before = after;
    return [
      ...some(captured, (sum) => `captured ${euros(sum)}`),
      ...some(elsewhere, (n) => `${counted(n, "operation")} of them had been done before the import`),
      ...some(refunded, (sum) => `refunded ${euros(sum)}`),
      ...some(fees, (sum) => `the operator keeps ${euros(sum)} as fees`),
      ...some(-fees, (sum) => `the operator gives ${euros(sum)} of his fees back`),
    ];
  }

  async tellSettlement({ count }: Work): Promise<readonly string[]> {
    const held = await this.fresh("ON_HOLD");
    return [
      ...some(
        count("transfers"),
        (n) =>
          `settled ${counted(count("sellers"), "seller")}: ${counted(n, "transfer")}, ${euros(count("transferSum"))}`,
      ),
      ...some(count("released"), (n) => `${counted(n, "transfer")} released: the seller has given another account`),
      ...held.map(({ seller, amount, reason }) => `on hold: ${euros(amount)} of ${seller}, because ${reason}`),
      ...some(count("carried"), (n) => `${counted(n, "seller")} owes for a refund: the debt is carried, NEGATIVE_NET`),
    ];
  }

  async tellWritten(): Promise<readonly string[]> {
    const files = await listTransferFiles(this.context, { state: "AWAITING_APPROVAL", limit: 20 });
    return files
      .reverse()
      .map(
        ({ messageId, transfers, sum, sha256, executionDate }) =>
          `pain.001 ${messageId} for ${executionDate}: ${counted(transfers, "transfer")}, ${euros(sum)}, sha256 ${sha256.slice(0, 12)}; it waits for a second person`,
      );
  }

  private async tellApproved(messageIds: readonly string[]): Promise<readonly string[]> {
    const files = await listTransferFiles(this.context, { limit: 100 });
    return files
      .filter(({ messageId }) => messageIds.includes(messageId))
      .map(
        ({ messageId, sha256, madeBy, decidedBy }) =>
          `${decidedBy} approves ${messageId}, which ${madeBy} made: the very bytes with sha256 ${sha256.slice(0, 12)}`,
      );
  }

  async tellAnswers({ count }: Work): Promise<readonly string[]> {
    const rejected = await this.fresh("REJECTED");
    const returned = await this.fresh("RETURNED");
    const reissued = await this.fresh("ON_HOLD");
    return [
      ...some(count("accepted"), (n) => `the bank's pain.002 accepts ${counted(n, "transfer")}`),
      ...some(count("executed"), (n) => `the bank's camt.053 books ${counted(n, "transfer")}: matched, paid`),
      ...rejected.map(({ seller, amount, reason }) => `REJECTED ${reason}: ${euros(amount)} of ${seller}`),
      ...returned.map(({ seller, amount, reason }) => `RETURNED ${reason}: ${euros(amount)} of ${seller}`),
      ...some(
        await this.chargesSince(),
        (sum) => `charges of ${euros(sum)} that banks kept are the operator's, not the seller's`,
      ),
      ...reissued.map(
        ({ seller, amount, reason }) =>
          `a re-issue of ${euros(amount)} for ${seller} waits for another account: ON_HOLD ${reason}`,
      ),
    ];
  }

  private async chargesSince(): Promise<bigint> {
    const { db } = this.context.store;
    const rows = await db.selectFrom("postings").select("amount").where("event", "=", "RETURN_CHARGED").execute();
    const charges = rows.reduce((sum, { amount }) => sum + amount, 0n);
    const fresh = charges - this.charges;
    this.charges = charges;
    return fresh;
  }

  /** Transfers in that state that were not told yet. */
  private async fresh(state: string): Promise<readonly TransferSummary[]> {
    const all = await listTransfers(this.context, { state, limit: 1_000 });
    const fresh = all.filter(({ endToEndId, reason }) => !this.told.has(`${endToEndId} ${reason}`));
    for (const { endToEndId, reason } of fresh) this.told.add(`${endToEndId} ${reason}`);
    return fresh.reverse();
  }
}

function some(count: bigint, sentence: (count: bigint) => string): readonly string[] {
  return count > 0n ? [sentence(count)] : [];
}

function workOf(runs: readonly RunSlot[]): Work {
  const count = (name: string): bigint =>
    runs
      .flatMap(({ report }) => Object.entries(report.counts))
      .filter(([key]) => key === name || key.endsWith(`.${name}`))
      .reduce((sum, [, value]) => sum + BigInt(value), 0n);
  const findings = runs.flatMap(({ report }) => report.findings);
  return { count, findings: findings.map(({ code, where, found }) => `${code}: ${where}: ${found}`) };
}
