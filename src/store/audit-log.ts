/** The audit log: who did what to what, in the transaction that did it. */
import type { Transaction } from "./store.ts";

export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail?: string;
  readonly now: Date;
}

export async function recordAudit(tx: Transaction, entry: AuditEntry): Promise<void> {
  const id = await tx.reserveIds("audit_log", 1);
  await tx.db
    .insertInto("audit_log")
    .values({
      id,
      at: entry.now.toISOString(),
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject,
      detail: entry.detail ?? null,
    })
    .execute();
}
