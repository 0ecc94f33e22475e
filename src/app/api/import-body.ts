/** Imports a body of records for one marketplace: the same import as for files, but of its own records only. */
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { RemitError } from "../../domain/errors.ts";
import type { Finding } from "../../domain/finding.ts";
import type { Caller } from "../api-keys.ts";
import type { Context } from "../context.ts";
import { shownText } from "../import/import-findings.ts";
import { openRecords } from "../import/open-records.ts";
import { importFiles } from "../import-files.ts";

/** Orders of a busy day; more goes in several requests or by files. */
export const LONGEST_BODY_BYTES = 64 * 1024 * 1024;
const MOST_FINDINGS = 1_000;

/**
 * Whole or not at all. INPUT_INVALID lists every fault by line; FORBIDDEN every record that is not this marketplace's
 * own, before anything is imported; FILE_TOO_LARGE. The body is kept in a private folder until it is imported, so that
 * no transaction waits for the network.
 */
export async function importBody(
  context: Pick<Context, "store" | "clock" | "profile">,
  caller: Caller,
  body: Readable,
): Promise<{ readonly counts: Readonly<Record<string, number>> }> {
  const folder = await mkdtemp(join(tmpdir(), "remit-import-"));
  const path = join(folder, "body.ndjson");
  try {
    // The connection outlives a body that is too long: its sender must be able to read why it was refused.
    await pipeline(limited(body.iterator({ destroyOnReturn: false })), createWriteStream(path, { mode: 0o600 }));
    const foreign = await foreignRecords(path, caller.marketplace);
    if (foreign.length > 0) throw new RemitError("FORBIDDEN", { findings: foreign });
    const report = await importFiles({ ...context, actor: `key ${caller.keyId}` }, [path]);
    if (!report.ok) throw new RemitError("INPUT_INVALID", { findings: report.findings.map(named(path)) });
    return { counts: report.counts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function bodyTooLong(found: string): RemitError {
  return new RemitError("FILE_TOO_LARGE", { where: "body", found, expected: `at most ${LONGEST_BODY_BYTES} bytes` });
}

async function* limited(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > LONGEST_BODY_BYTES) throw bodyTooLong(`more than ${LONGEST_BODY_BYTES} bytes`);
    yield chunk;
  }
}

/** Read by the importer's own reader, so that no text means one marketplace here and another one there. */
async function foreignRecords(path: string, marketplace: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for await (const batch of openRecords(path, () => undefined)) {
    for (const { line, type, value } of batch) {
      // What cannot be read is no record of anybody; the import reports it.
      if (value === undefined) continue;
      const where = `body:${line}`;
      if ((value.type ?? type) === "marketplace") {
        findings.push({ code: "FORBIDDEN", where, found: "marketplace", expected: "records of a marketplace" });
      } else if (value.marketplace !== marketplace) {
        const found = typeof value.marketplace === "string" ? shownText(value.marketplace) : "no marketplace's id";
        findings.push({ code: "FORBIDDEN", where: `${where} marketplace`, found, expected: marketplace });
      }
      if (findings.length >= MOST_FINDINGS) return findings;
    }
  }
  return findings;
}

function named(path: string): (finding: Finding) => Finding {
  return (finding) => ({ ...finding, where: finding.where.replace(path, "body") });
}
