/** Reads a quarantined file again: after a fix of ours, of the profile or of a key. Nothing is ever applied twice. */
import { dateInZone } from "../domain/calendar.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { recordAudit } from "../store/audit-log.ts";
import { inboundFile } from "../store/inbound-files.ts";
import { applyFile } from "./apply-file.ts";
import { bankProfiles, findingsIn, matchAll } from "./apply-inbound.ts";
import type { Context } from "./context.ts";
import { inboundId, inboundNotFound } from "./inbound-record.ts";

export interface Reprocessed {
  readonly id: string;
  readonly remoteName: string;
  readonly state: "APPLIED" | "QUARANTINED";
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/**
 * @param id the number of the file
 * @throws NOT_FOUND; TRANSITION_REFUSED for a file that is not quarantined; STORE_CONFLICT when somebody else was quicker
 */
export async function reprocessInbound(context: Context, id: string): Promise<Reprocessed> {
  const file = await inboundFile(context.store.db, inboundId(id));
  if (file === undefined) throw inboundNotFound(id);
  const { remoteName, state, bank } = file;
  if (state !== "QUARANTINED") {
    throw new RemitError("TRANSITION_REFUSED", { where: `inbound file ${id}`, found: state, expected: "QUARANTINED" });
  }
  const profile = (await bankProfiles(context)).get(bank);
  if (profile === undefined) {
    throw new RemitError("NOT_FOUND", { where: "bank", found: bank, expected: "the bank of a marketplace" });
  }
  const businessDate = dateInZone(context.clock(), context.config.zone);
  const applied = await applyFile(context, file, {
    businessDate,
    profile,
    again: async (tx, { kind, findings }) => {
      const outcome = kind === "applied" ? "APPLIED" : `QUARANTINED: ${findings.map(({ code }) => code).join(", ")}`;
      const detail = outcome.slice(0, 500);
      await recordAudit(tx, {
        ...{ actor: context.actor, action: "reprocess", subject: `inbound file ${id}` },
        ...{ detail, now: context.clock() },
      });
    },
  });
  if (applied === undefined) {
    throw new RemitError("STORE_CONFLICT", { where: `inbound file ${id}`, found: "read by somebody else meanwhile" });
  }
  const findings = applied.kind === "later" ? [tooEarly(remoteName)] : findingsIn(file, applied);
  if (applied.kind !== "applied") return { id, remoteName, state: "QUARANTINED", counts: {}, findings };
  const counts = { ...applied.counts, ...(await matchAll(context, businessDate)) };
  return { id, remoteName, state: "APPLIED", counts, findings };
}

/** It answers a file that may or may not be with the bank yet: it stays where it is, and is worth another try. */
function tooEarly(remoteName: string): Finding {
  const found = "an answer to a file whose hand-off is not finished";
  return { code: "HAND_OFF_UNFINISHED", where: remoteName, found, expected: "another try once send-files has run" };
}
