/** Imports what marketplaces send: each file whole or not at all, every fault of every line listed. */
import { stat } from "node:fs/promises";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { recordAudit } from "../store/audit-log.ts";
import { nextIds } from "../store/import-lookups.ts";
import type { Context } from "./context.ts";
import { aloneWithMarketplaces, type Meet } from "./import/alone-with-marketplaces.ts";
import { type Checked, checkRecord } from "./import/check-record.ts";
import { importBatch } from "./import/import-batch.ts";
import { ImportFindings } from "./import/import-findings.ts";
import { ImportRun } from "./import/import-run.ts";
import { openRecords } from "./import/open-records.ts";

/** Records handled together: enough for sets, little enough for memory. */
const RECORDS_AT_ONCE = 2_000;

/** Bank profiles are needed for cashouts only: without them an account is looked at when its file is written. */
export type ImportContext = Pick<Context, "store" | "clock" | "actor"> & Partial<Pick<Context, "profile">>;

export interface ImportReport {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** Records created by kind, those updated, those `known` already; `findingsNotListed` and `filesNotRead` when there are such. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Bytes read of all files, and bytes in all. */
export type ImportProgress = (done: number, total: number) => void;

/**
 * Each file is one database transaction. A file with a fault is refused as a whole, and the files after it are not read:
 * they may need what it would have brought. Importing a file again changes nothing.
 */
export async function importFiles(
  context: ImportContext,
  paths: readonly string[],
  progress: ImportProgress = () => undefined,
): Promise<ImportReport> {
  const counts = new Map<string, number>();
  const sizes = await Promise.all(paths.map(sizeOf));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  for (const [index, path] of paths.entries()) {
    const start = before;
    const outcome = await importFile(context, path, (bytes) => progress(start + bytes, total));
    if (outcome.findings.count > 0) return refusal(outcome.findings, counts, paths.length - index - 1);
    for (const [name, count] of outcome.counts) counts.set(name, (counts.get(name) ?? 0) + count);
    before += sizes[index] ?? 0;
  }
  return { ok: true, findings: [], counts: Object.fromEntries(counts) };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}

function refusal(findings: ImportFindings, counts: Map<string, number>, notRead: number): ImportReport {
  const unlisted = findings.count - findings.listed.length;
  return {
    ok: false,
    findings: findings.listed,
    counts: {
      ...Object.fromEntries(counts),
      findings: findings.count,
      ...(unlisted === 0 ? {} : { findingsNotListed: unlisted }),
      ...(notRead === 0 ? {} : { filesNotRead: notRead }),
    },
  };
}

interface Outcome {
  readonly findings: ImportFindings;
  readonly counts: ReadonlyMap<string, number>;
}

/** Ends the transaction without a trace of the file. */
class Refused extends Error {
  readonly findings: ImportFindings;

  constructor(findings: ImportFindings) {
    super("the file has faults");
    this.findings = findings;
  }
}

async function importFile(
  { store, clock, actor, profile }: ImportContext,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<Outcome> {
  try {
    return await aloneWithMarketplaces(store, async (tx, meet) => {
      const findings = new ImportFindings();
      const run = new ImportRun(tx, clock(), findings, await nextIds(tx), profile);
      await readInto(run, path, meet, onBytes);
      if (findings.count > 0) throw new Refused(findings);
      await audit(run, actor, path);
      return { findings, counts: run.counts };
    });
  } catch (error) {
    if (error instanceof Refused) return { findings: error.findings, counts: new Map() };
    throw error;
  }
}

async function readInto(run: ImportRun, path: string, meet: Meet, onBytes: (bytes: number) => void): Promise<void> {
  let pending: Checked[] = [];
  let position = 0;
  const importPending = async () => {
    meet(pending.map(marketplaceOf));
    await importBatch(run, pending);
    pending = [];
  };
  try {
    for await (const batch of openRecords(path, onBytes)) {
      for (const raw of batch) {
        position += 1;
        const checked = checkRecord(raw, path, position, run.findings);
        if (checked === undefined) continue;
        if (checked.place.isFaulty) run.giveUp(checked.record);
        else pending.push(checked);
        if (pending.length >= RECORDS_AT_ONCE) await importPending();
      }
    }
  } catch (error) {
    if (!isFileError(error)) throw error;
    run.findings.add("FILE_UNREADABLE", path, error.code, "a file that can be read");
  }
  await importPending();
}

function marketplaceOf({ record }: Checked): string {
  return record.type === "marketplace" ? record.id : record.marketplace;
}

function isFileError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return !(error instanceof RemitError) && error instanceof Error && "syscall" in error && "code" in error;
}

/** An import that changed nothing leaves nothing behind. */
async function audit(run: ImportRun, actor: string, path: string): Promise<void> {
  const changes = [...run.counts].filter(([name]) => name !== "known");
  if (changes.length === 0) return;
  const detail = changes.map(([name, count]) => `${name} ${count}`).join(", ");
  await recordAudit(run.tx, { actor, action: "import", subject: path, detail, now: run.now });
}
