/** The guard between names that a remote chose and paths of ours. */
import { RemitError } from "../domain/errors.ts";

const LONGEST_BYTES = 255;

/** Whether a name is one plain name inside a folder: no path, no control character, nothing a file system would refuse. */
export function isBaseName(name: string): boolean {
  return (
    name !== "" &&
    name !== "." &&
    name !== ".." &&
    !/[/\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(name) &&
    Buffer.byteLength(name) <= LONGEST_BYTES
  );
}

/** Returns the name, or fails with REMOTE_NAME_INVALID; for names that must be used as they are. */
export function asBaseName(name: string): string {
  if (isBaseName(name)) return name;
  throw new RemitError("REMOTE_NAME_INVALID", { found: printable(name), expected: "one name without a path" });
}

/**
 * Reduces any name to one that is safe in a local folder, a log and a report: the part after the last slash, of letters,
 * digits, `.`, `_` and `-` only, not hidden, at most 100 characters. For names under which a copy is kept.
 */
export function reducedName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  const safe = base
    .replaceAll(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[.-]+/, "_")
    .slice(0, 100);
  return safe === "" ? "_" : safe;
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 100)).replaceAll(/[^\x20-\x7e]/g, "?");
}
