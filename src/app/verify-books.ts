/** `remit verify` and the job `verify-books`: every invariant, recomputed from zero; a break stops new files for its marketplace. */
import { createHash } from "node:crypto";
import { recount } from "../bankfiles/write/recount.ts";
import type { Finding } from "../domain/finding.ts";
import { type Breach, breaches, frozenFiles, setBlocked } from "../store/invariants.ts";
import { lastSeal } from "../store/journal-seals.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import { currenciesOf } from "../store/proof.ts";
import type { Queries } from "../store/store.ts";
import { checkSeals, type SealsReport } from "./check-seals.ts";
import { conservationProof, type Proof, proofFindings } from "./conservation-proof.ts";
import type { Job } from "./context.ts";
import { sealJournal } from "./seal-journal.ts";

export interface BooksReport {
  readonly breaches: readonly Breach[];
  readonly proofs: readonly { readonly marketplace: string; readonly proof: Proof }[];
  readonly filesRecounted: number;
  readonly seals: Omit<SealsReport, "breaches">;
}

/** Reads only. No breach means: every cent is accounted for, and every file says what the ledger says. */
export async function checkBooks(db: Queries): Promise<BooksReport> {
  const found: Breach[] = [...(await breaches(db))];
  const proofs: { marketplace: string; proof: Proof }[] = [];
  for (const marketplace of await allMarketplaces(db)) {
    for (const currency of await currenciesOf(db, marketplace.id)) {
      const proof = await conservationProof(db, marketplace.id, currency);
      proofs.push({ marketplace: marketplace.ref, proof });
      found.push(
        ...proofFindings(marketplace.ref, proof).map((finding) => ({ ...finding, marketplaceId: marketplace.id })),
      );
    }
  }
  let filesRecounted = 0;
  for await (const file of frozenFiles(db)) {
    filesRecounted += 1;
    found.push(...fileBreaches(file));
  }
  const { breaches: broken, ...seals } = await checkSeals(db);
  return { breaches: [...found, ...broken], proofs, filesRecounted, seals };
}

interface FrozenFile {
  readonly marketplace_id: bigint;
  readonly message_id: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly transfer_count: bigint;
  readonly transfer_sum: bigint;
}

function fileBreaches(file: FrozenFile): readonly Breach[] {
  const head = { where: `file ${file.message_id}`, marketplaceId: file.marketplace_id };
  const sha256 = createHash("sha256").update(file.bytes).digest("hex");
  const counted = recount([file.bytes]);
  const found = `${counted.messageId}: ${counted.count} of ${counted.sumMinor}`;
  const expected = `${file.message_id}: ${file.transfer_count} of ${file.transfer_sum}`;
  return [
    ...(sha256 === file.sha256 ? [] : [{ ...head, code: "FILE_BYTES_CHANGED", found: sha256, expected: file.sha256 }]),
    ...(found === expected ? [] : [{ ...head, code: "FILE_BYTES_NOT_ITS_SUMS", found, expected }]),
  ];
}

const BLOCK = "BOOKS_BROKEN";

/** Checks first and seals then: what is wrong is not sealed unseen. A breach that is of no marketplace stops them all. */
export const verifyBooks: Job = async ({ store, clock }) => {
  const report = await store.snapshot(checkBooks);
  const sealed = await sealJournal(store, clock());
  const ofAll = report.breaches.find(({ marketplaceId }) => marketplaceId === undefined);
  const broken = new Map<bigint, Breach>();
  for (const breach of report.breaches) {
    if (breach.marketplaceId !== undefined && !broken.has(breach.marketplaceId))
      broken.set(breach.marketplaceId, breach);
  }
  let blocked = 0;
  await store.write(async ({ db }) => {
    blocked = 0;
    for (const { id, row } of await allMarketplaces(db)) {
      const breach = broken.get(id) ?? ofAll;
      if (breach !== undefined) {
        blocked += 1;
        await setBlocked(db, id, `${BLOCK}: ${breach.code} at ${breach.where}`);
      } else if (row.blocked_reason?.startsWith(BLOCK) === true) {
        await setBlocked(db, id, null);
      }
    }
  });
  return {
    counts: {
      proofs: report.proofs.length,
      filesRecounted: report.filesRecounted,
      breaches: report.breaches.length,
      blocked,
      sealedPostings: sealed.postings,
      seals: report.seals.seals + sealed.seals,
      sealHead: (await lastSeal(store.db))?.hash ?? "none",
    },
    findings: report.breaches.map(({ code, where, found, expected }): Finding => ({ code, where, found, expected })),
  };
};
