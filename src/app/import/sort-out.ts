/** Tells records that are new from those that are known already and those that differ from what is known by their id. */
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import type { ImportRecord } from "./records.ts";

/** Answers the new ones. `hashes` holds what is known by id; the new ones are added to it. A known one is counted. */
export function sortOut<Kind extends ImportRecord & { readonly id: string }>(
  run: ImportRun,
  all: readonly Checked<Kind>[],
  hashes: Map<string, string>,
): Checked<Kind>[] {
  const fresh: Checked<Kind>[] = [];
  for (const checked of all) {
    const { id } = checked.record;
    const known = hashes.get(id);
    if (known === undefined) {
      hashes.set(id, checked.hash);
      fresh.push(checked);
    } else if (known === checked.hash) run.count("known");
    else {
      checked.place.fault(
        "DUPLICATE_DIFFERS",
        "id",
        id,
        "the content it had when it was first imported, or another id",
      );
    }
  }
  return fresh;
}
