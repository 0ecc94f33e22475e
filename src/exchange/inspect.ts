/** Looking at the bank after a doubt, and deciding from what is there. */
import { RemitError } from "../domain/errors.ts";
import type { BankChannel } from "./bank-channel.ts";
import { nowhere, step } from "./fail-point.ts";
import { type HandOffOptions, type HandOffPlace, hashOf, pathsOf, type ReadBack } from "./hand-off.ts";
import { AFTER_DOUBT, type DoubtDecision, type Sighting } from "./hand-off-truth.ts";

export interface SeenFile {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex; null when the bank does not let us read our files back. */
  readonly sha256: string | null;
}

export interface Inspection {
  readonly part: SeenFile | null;
  readonly final: SeenFile | null;
}

export interface FrozenFile {
  readonly size: number;
  readonly sha256: string;
  /** True once RENAMING was committed, in that state and all later ones. */
  readonly renameBegun: boolean;
}

/**
 * What stands at the bank under both names. The .part is looked at before and after the final name, because a rename that
 * was still on its way could otherwise hide the file from both looks.
 * @throws every failure of the channel: what cannot be seen is not taken for absent
 */
export async function inspect(
  channel: BankChannel,
  place: HandOffPlace,
  options: HandOffOptions = {},
): Promise<Inspection> {
  const paths = pathsOf(place);
  const readBack = options.readBack ?? "hash";
  return step(options.at ?? nowhere, "inspect", async () => {
    const seePart = async () => (paths.part === null ? null : see(channel, paths.part, readBack));
    const before = await seePart();
    const final = await see(channel, paths.final, readBack);
    if (before === null || final === null) return { part: before, final };
    // Both were seen: either there are two files, or the rename happened between the two looks.
    return { part: await seePart(), final };
  });
}

/**
 * The truth table, asked; pure. A file without a temporary name is one whose .part is absent: seen whole it was sent, seen
 * in part it is another file and a person decides, not seen it was collected or never created, and nobody can tell.
 */
export function decideAfterDoubt(inspection: Inspection, frozen: FrozenFile): DoubtDecision {
  const phase = frozen.renameBegun ? "rename-begun" : "rename-not-begun";
  return AFTER_DOUBT[phase][sighting(inspection.part, frozen)][sighting(inspection.final, frozen)];
}

function sighting(seen: SeenFile | null, frozen: FrozenFile): Sighting {
  if (seen === null) return "absent";
  if (seen.size !== frozen.size) return "different";
  return seen.sha256 === null || seen.sha256 === frozen.sha256 ? "same" : "different";
}

async function see(channel: BankChannel, path: string, readBack: ReadBack): Promise<SeenFile | null> {
  const found = await channel.stat(path);
  if (found === undefined) return null;
  if (readBack === "size") return { size: found.size, sha256: null };
  try {
    return { size: found.size, sha256: await hashOf(channel, path, found.size) };
  } catch (cause) {
    // Collected or renamed between the two requests: it is not there now.
    if (cause instanceof RemitError && cause.code === "BANK_FILE_MISSING") return null;
    throw cause;
  }
}
