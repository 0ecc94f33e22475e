/** What an inbound file holds once it is opened: its own bytes, or what the bank sealed; or why it is not read at all. */
import { createHash } from "node:crypto";
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { type InboundFile, inboundPieces } from "../store/inbound-files.ts";
import type { Queries } from "../store/store.ts";
import type { Context } from "./context.ts";

export type InboundContent =
  /** The content in pieces, from its beginning each time: a transaction may run again. */
  | { readonly ok: true; readonly pieces: (db: Queries) => AsyncIterable<Uint8Array> | Iterable<Uint8Array> }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** A sealed message is opened in memory, with room for its packets and a copy: whatever the profile allows, no more than this. */
const MOST_SEALED_BYTES = 64 * 1024 * 1024;

/** Packed files no bank of ours has announced: they are kept and never unpacked, so that none can grow in our hands. */
const PACKED = [
  { says: "a ZIP archive", signature: [0x50, 0x4b] },
  { says: "a gzip file", signature: [0x1f, 0x8b] },
  { says: "a bzip2 file", signature: [0x42, 0x5a, 0x68] },
  { says: "an xz file", signature: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { says: "a Zstandard file", signature: [0x28, 0xb5, 0x2f, 0xfd] },
  { says: "a 7z archive", signature: [0x37, 0x7a, 0xbc, 0xaf] },
] as const;

/** Looks at the beginning of the file and at its bank's profile. */
export async function inboundContent(
  context: Context,
  file: InboundFile,
  profile: BankProfile,
): Promise<InboundContent> {
  const { db } = context.store;
  const start = await firstPiece(db, file.id);
  const packed = PACKED.find(({ signature }) => signature.every((byte, index) => start[index] === byte));
  if (packed !== undefined) return refused("PACKED_UNEXPECTED", packed.says, "an XML document as it is, not packed");
  const { looksSealed } = await import("../exchange/pgp.ts");
  const isSealed = looksSealed(start);
  if (profile.exchange.pgp?.decrypt === true) {
    if (isSealed) return openSealed(context, file, profile);
    return refused("PGP_EXPECTED", "a file that is not encrypted", "an OpenPGP message: the profile demands it");
  }
  if (isSealed) return refused("PGP_UNEXPECTED", "an OpenPGP message", "a plain file, or `pgp.decrypt` in the profile");
  return { ok: true, pieces: (reading) => verifiedPieces(reading, file) };
}

async function firstPiece(db: Queries, id: bigint): Promise<Uint8Array> {
  for await (const piece of inboundPieces(db, id)) return piece;
  return new Uint8Array();
}

/** The bytes as they were fetched, or ARCHIVE_DAMAGED at their end. */
async function* verifiedPieces(db: Queries, { id, sha256 }: InboundFile): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const piece of inboundPieces(db, id)) {
    hash.update(piece);
    yield piece;
  }
  const found = hash.digest("hex");
  if (found === sha256) return;
  throw new RemitError("ARCHIVE_DAMAGED", { where: `inbound file ${id}`, found, expected: sha256 });
}

async function openSealed(context: Context, file: InboundFile, profile: BankProfile): Promise<InboundContent> {
  const most = Math.min(profile.exchange.bytesPerInboundFile, MOST_SEALED_BYTES);
  // Armor adds a third; the rest is room for the packets around the content.
  if (file.size > BigInt(2 * most))
    return refused("FILE_TOO_LARGE", `${file.size} bytes`, `at most ${2 * most} sealed`);
  const { openFromBank } = await import("../exchange/pgp.ts");
  try {
    const keys = await context.pgpKeys(file.bank);
    const sealed: Uint8Array[] = [];
    for await (const piece of verifiedPieces(context.store.db, file)) sealed.push(piece);
    const { bytes } = await openFromBank(keys, Buffer.concat(sealed), context.clock(), most);
    return { ok: true, pieces: () => [bytes] };
  } catch (error) {
    if (!(error instanceof RemitError) || error.traits.retry === "later") throw error;
    return { ok: false, findings: error.findings };
  }
}

function refused(code: string, found: string, expected: string): InboundContent {
  return { ok: false, findings: [{ code, where: "the file's first bytes", found, expected }] };
}
