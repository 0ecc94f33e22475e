/** The smallest user of the hand-off: keeps a state between attempts as the use case does, and follows the truth table. */
import type { BankChannel } from "../../src/exchange/bank-channel.ts";
import type { At } from "../../src/exchange/fail-point.ts";
import { type FrozenBytes, type HandOffPlace, publish, removePart, uploadPart } from "../../src/exchange/hand-off.ts";
import { decideAfterDoubt, inspect } from "../../src/exchange/inspect.ts";

export type SendState = "APPROVED" | "UPLOADING" | "UPLOADED" | "RENAMING" | "SENT" | "SENT_UNCONFIRMED" | "STOPPED";

export interface Sending {
  state: SendState;
  /** How often an upload was begun, and how often after a rename had been begun. */
  uploads: number;
  uploadsAfterRename: number;
  renameBegun: boolean;
}

export function newSending(): Sending {
  return { state: "APPROVED", uploads: 0, uploadsAfterRename: 0, renameBegun: false };
}

/** One attempt over one channel; what it throws leaves the state as a crash would. */
export async function attempt(
  sending: Sending,
  channel: BankChannel,
  place: HandOffPlace,
  frozen: FrozenBytes,
  at?: At,
): Promise<void> {
  const options = at === undefined ? {} : { at };
  if (sending.state !== "APPROVED") await decide(sending, channel, place, frozen);
  if (sending.state === "APPROVED" || sending.state === "UPLOADING") {
    sending.state = "UPLOADING";
    sending.uploads += 1;
    if (sending.renameBegun) sending.uploadsAfterRename += 1;
    await uploadPart(channel, place, frozen, options);
    sending.state = "UPLOADED";
  }
  if (sending.state === "UPLOADED" || sending.state === "RENAMING") {
    sending.state = "RENAMING";
    sending.renameBegun = true;
    await publish(channel, place, options);
    sending.state = "SENT";
  }
}

async function decide(sending: Sending, channel: BankChannel, place: HandOffPlace, frozen: FrozenBytes): Promise<void> {
  const seen = await inspect(channel, place);
  const { renameBegun } = sending;
  switch (decideAfterDoubt(seen, { size: frozen.bytes.length, sha256: frozen.sha256, renameBegun })) {
    case "upload-again":
      sending.state = "UPLOADING";
      return removePart(channel, place);
    case "rename":
      sending.state = "UPLOADED";
      return;
    case "sent":
      sending.state = "SENT";
      return;
    case "sent-unconfirmed":
      sending.state = "SENT_UNCONFIRMED";
      return;
    case "stop":
      sending.state = "STOPPED";
  }
}
