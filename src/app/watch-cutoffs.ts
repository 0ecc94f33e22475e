/** Files that nobody has decided on while their cutoff comes near: an exception, a finding and a line in the log. */
import type { Finding } from "../domain/finding.ts";
import { type NewException, openExceptions } from "../store/exceptions.ts";
import { filesToApprove } from "../store/transfer-files.ts";
import type { Context } from "./context.ts";
import { bankInstant, fileCutoff } from "./file-cutoff.ts";
import { matterOf } from "./file-matters.ts";

/**
 * The findings are there as long as the matter is; the exception is opened once, and the log tells of it once. A decision
 * on the file resolves it.
 */
export async function watchCutoffs(context: Context, businessDate: string): Promise<readonly Finding[]> {
  const now = context.clock();
  const findings: Finding[] = [];
  for (const file of await filesToApprove(context.store.db)) {
    const profile = context.profile(file.bank_profile);
    const cutoff = fileCutoff(profile, file.execution_date, now);
    const alarmMs = profile.exchange.approvalAlarmMinutes * 60_000;
    if (cutoff === undefined || cutoff.lastCutoff.getTime() - alarmMs > now.getTime()) continue;
    const until = bankInstant(profile, cutoff.lastCutoff);
    const exception: NewException = {
      identity: matterOf("cutoff-near", file.message_id),
      marketplaceId: file.marketplace_id,
      reason: "CUTOFF_NEAR",
      subjectKind: "transfer-file",
      subjectRef: file.message_id,
      says: `nobody has approved or refused it; its execution date ${file.execution_date} needs it at the bank before ${until}`,
      amount: file.transfer_sum,
      currency: file.currency,
      owner: "finance",
    };
    const isNew = await context.store.write((tx) => openExceptions(tx, [exception], businessDate, now));
    if (isNew > 0) context.log.warn({ messageId: file.message_id, until }, "cutoff near, file not approved");
    findings.push({
      code: "CUTOFF_NEAR",
      where: `file ${file.message_id}`,
      found: "not approved",
      expected: `a decision before ${until}`,
    });
  }
  return findings;
}
