/** The bytes that a bank gets of a file: as approved, or sealed once with OpenPGP and kept, because sealing again gives others. */
import { createHash } from "node:crypto";
import { RemitError } from "../domain/errors.ts";
import type { FrozenBytes } from "../exchange/hand-off.ts";
import { assertHeld } from "../store/hand-off.ts";
import { keepSealed, sealedOf } from "../store/sealed-files.ts";
import type { ClaimedWork } from "./hand-over-step.ts";

/**
 * A file that was begun goes on as it was begun, whatever its profile says by now.
 * @throws PGP_KEY_INVALID, CONFIG_INVALID; BANK_HASH_DIFFERS when the approved bytes are not those that were approved
 */
export async function outgoing(work: ClaimedWork): Promise<FrozenBytes> {
  const { context, file, profile, claim } = work;
  const kept = await sealedOf(context.store.db, file.id);
  if (kept !== undefined) return kept;
  const { pgp } = profile.exchange;
  const plain = { bytes: claim.bytes, sha256: file.sha256 };
  if (claim.state !== "APPROVED" || !(pgp?.encrypt === true || pgp?.sign === true)) return plain;
  expectApproved(file.messageId, plain);
  const { sealForBank } = await import("../exchange/pgp.ts");
  const now = context.clock();
  const bytes = await sealForBank(await context.pgpKeys(file.bank), plain.bytes, now, pgp);
  const sealed = { bytes, sha256: sha256Of(bytes) };
  await context.at("seal.commit.before");
  await context.store.write(async (tx) => {
    await assertHeld(tx, file, claim.fence);
    await keepSealed(tx, file.id, sealed, now);
  });
  await context.at("seal.commit.after");
  return sealed;
}

/** Once they are sealed nobody else can compare them. */
function expectApproved(messageId: string, { bytes, sha256 }: FrozenBytes): void {
  const found = sha256Of(bytes);
  if (found === sha256) return;
  throw new RemitError("BANK_HASH_DIFFERS", { where: `the frozen bytes of ${messageId}`, found, expected: sha256 });
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
