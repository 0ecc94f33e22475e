/** The very bytes of a transfer file that its bank is meant to get. */
import { RemitError } from "../domain/errors.ts";
import { outgoingFile } from "../store/sealed-files.ts";
import type { Context } from "./context.ts";

export interface OutgoingBytes {
  /** Under which the bank gets them. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Of these bytes, lower-case hex. */
  readonly sha256: string;
}

/** Sealed where the bank wants that; NOT_FOUND when there is no such file, or it is to be sealed and is not yet. */
export async function outgoingBytes(
  { store, profile }: Pick<Context, "store" | "profile">,
  messageId: string,
): Promise<OutgoingBytes> {
  const file = await outgoingFile(store.db, messageId);
  if (file === undefined) {
    throw new RemitError("NOT_FOUND", { where: "transfer file", found: messageId, expected: "a MsgId" });
  }
  const { pgp } = profile(file.bank_profile).exchange;
  const { sealed_bytes, sealed_sha256 } = file;
  if (sealed_bytes !== null && sealed_sha256 !== null) {
    return { name: file.remote_name, bytes: sealed_bytes, sha256: sealed_sha256 };
  }
  if (pgp?.encrypt === true || pgp?.sign === true) {
    throw new RemitError("NOT_FOUND", {
      where: `file ${messageId}`,
      found: "no sealed bytes: it was never on its way",
      expected: "a file that send-files has begun to send",
    });
  }
  return { name: file.remote_name, bytes: file.bytes, sha256: file.sha256 };
}
