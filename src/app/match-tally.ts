/** What a run of the matcher came to, counted step by step, and what is done once at its end. */
import type { EntryState, ReconResult } from "../recon/recon-result.ts";
import { type NewException, resolveExceptions } from "../store/exceptions.ts";
import { refreshFile } from "../store/file-answers.ts";
import type { Transaction } from "../store/store.ts";
import type { MatchWork } from "./match-work.ts";

const TOLD_AT_MOST = 1_000;

export class MatchTally {
  executed = 0;
  returned = 0;
  paidIn = 0;
  suspended = 0;
  proposals = 0;
  exceptions = 0;
  readonly states: Record<EntryState, number> = { MATCHED: 0, PARTLY_MATCHED: 0, UNMATCHED: 0, IGNORED: 0 };
  readonly told: NewException[] = [];
  /** Files with transfers that moved: their MsgIds by their row ids. */
  private readonly files = new Map<bigint, string>();

  add(work: MatchWork, { entries, proposals }: ReconResult, exceptions: readonly NewException[]): void {
    this.executed += work.executed;
    this.returned += work.returned;
    this.paidIn += work.paidIn;
    this.suspended += work.suspended;
    this.proposals += proposals.length;
    this.exceptions += exceptions.length;
    for (const { state } of entries) this.states[state] += 1;
    this.told.push(...exceptions.slice(0, TOLD_AT_MOST - this.told.length));
    for (const [id, messageId] of work.movedFiles()) this.files.set(id, messageId);
  }

  /** The files follow their transfers. A bank that booked a file has it, though it never said so. */
  async finish(tx: Transaction, now: Date): Promise<void> {
    const matters = [...this.files.values()].flatMap((file) => [`never-heard-back/${file}`, `upload-unknown/${file}`]);
    await resolveExceptions(tx, matters, "the bank has booked it", now);
    for (const fileId of this.files.keys()) await refreshFile(tx, fileId, true, now);
  }
}
