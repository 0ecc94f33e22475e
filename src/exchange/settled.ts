/** Which of the bank's files are complete enough to be fetched. */
import type { RemoteFile } from "./bank-channel.ts";
import { isBaseName } from "./remote-name.ts";

export interface SettleRules {
  /** Endings of names that are still being written, e.g. `.part`, `.filepart`, `.tmp`; case does not matter. */
  readonly tempSuffixes: readonly string[];
  /** How long ago, in ms and by the bank's clock, the last change must be at least. */
  readonly minAgeMs: number;
  /** When the bank writes `NAME` + this after `NAME` is complete: only files with their marker, and never the marker. */
  readonly markerSuffix?: string;
}

/**
 * The files of `current` that are complete: seen before with the same size and time of change, old enough, not a temporary
 * name, not hidden, and with their marker where the bank sets one. A marker makes the second look unnecessary.
 * @param now the bank's time in ms, as near as it is known
 */
export function settled(
  previous: readonly RemoteFile[],
  current: readonly RemoteFile[],
  rules: SettleRules,
  now: number,
): readonly RemoteFile[] {
  const before = new Map(previous.map((file) => [file.name, file]));
  const names = new Set(current.map((file) => file.name));
  const { markerSuffix } = rules;
  return current.filter((file) => {
    if (file.kind !== "file" || !isBaseName(file.name) || isTemporary(file.name, rules)) return false;
    if (markerSuffix !== undefined) return names.has(file.name + markerSuffix);
    return isUnchanged(before.get(file.name), file) && now - file.modifiedAt.getTime() >= rules.minAgeMs;
  });
}

function isTemporary(name: string, rules: SettleRules): boolean {
  const lower = name.toLowerCase();
  const endings = [...rules.tempSuffixes, ...(rules.markerSuffix === undefined ? [] : [rules.markerSuffix])];
  return name.startsWith(".") || endings.some((ending) => lower.endsWith(ending.toLowerCase()));
}

function isUnchanged(before: RemoteFile | undefined, now: RemoteFile): boolean {
  return before?.size === now.size && before.modifiedAt.getTime() === now.modifiedAt.getTime();
}
