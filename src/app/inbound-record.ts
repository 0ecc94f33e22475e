/** Inbound files as people look at them: what came, what it was taken for, and what was wrong with it. */
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { inboundById, inboundLike } from "../store/listings/inbound-files.ts";
import type { ListFilter } from "../store/listings/listing.ts";
import type { Context } from "./context.ts";

/** Newest first. */
export async function listInboundFiles({ store }: Pick<Context, "store">, filter: ListFilter) {
  return (await inboundLike(store.db, filter)).map(summaryOfInbound);
}

type Row = Awaited<ReturnType<typeof inboundLike>>[number];

function summaryOfInbound(row: Row) {
  const findings = findingsOfInbound(row);
  return {
    id: row.id.toString(),
    bank: row.bank,
    remoteName: row.remote_name,
    state: row.state,
    kind: row.kind,
    bytes: row.size.toString(),
    receivedAt: row.received_at,
    findings: findings.length,
    because: findings[0]?.code ?? (row.duplicate_of === null ? null : `duplicate of ${row.duplicate_of}`),
  };
}

function findingsOfInbound({ findings }: Row): readonly Finding[] {
  return findings === null ? [] : (JSON.parse(findings) as Finding[]);
}

/** By its number; NOT_FOUND when there is none. */
export async function showInboundFile({ store }: Pick<Context, "store">, id: string) {
  const row = await inboundById(store.db, inboundId(id));
  if (row === undefined) throw inboundNotFound(id);
  return {
    ...summaryOfInbound(row),
    messageId: row.message_id,
    sha256: row.sha256,
    archivedAs: row.archived_as,
    duplicateOf: row.duplicate_of?.toString() ?? null,
    appliedAt: row.applied_at,
    findings: findingsOfInbound(row),
  };
}

/** The number of an inbound file from text; NOT_FOUND for any other text. */
export function inboundId(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw inboundNotFound(text);
  return BigInt(text);
}

export function inboundNotFound(found: string): RemitError {
  return new RemitError("NOT_FOUND", { where: "inbound file", found, expected: "its number (files list --inbound)" });
}
