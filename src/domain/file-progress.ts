/** How a transfer file stands, from how its transfers stand: the same whatever order the bank's answers came in. */
import type { TransferState } from "./transfer.ts";
import type { TransferFileState } from "./transfer-file.ts";

type Progress = Extract<
  TransferFileState,
  "ACKNOWLEDGED" | "ACCEPTED" | "PARTIALLY_ACCEPTED" | "REJECTED" | "COMPLETED"
>;

/**
 * `states` counts the transfers of the file by state. Completed: nothing is open and something was booked; rejected: nothing
 * but rejections; undefined: no transfer has moved yet.
 */
export function fileProgress(states: ReadonlyMap<TransferState, number>): Progress | undefined {
  const count = (...wanted: TransferState[]): number =>
    wanted.reduce((sum, state) => sum + (states.get(state) ?? 0), 0);
  const open = count("IN_FILE", "SENT");
  const accepted = count("ACCEPTED");
  const booked = count("EXECUTED", "RETURNED");
  const rejected = count("REJECTED");
  if (open + accepted + booked + rejected === 0 || accepted + booked + rejected === 0) return undefined;
  if (open + accepted === 0) return booked === 0 ? "REJECTED" : "COMPLETED";
  if (rejected > 0) return "PARTIALLY_ACCEPTED";
  return open === 0 ? "ACCEPTED" : "ACKNOWLEDGED";
}
