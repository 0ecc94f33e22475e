/** Bank profiles from disk: `templates/banks/*.json`, each read once and checked as a whole. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BankProfile, parseProfile } from "../bankfiles/profile/profile.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";

/** Names that cannot leave the folder. */
const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

export type ProfileFileResult =
  | { readonly ok: true; readonly profile: BankProfile }
  | { readonly ok: false; readonly findings: readonly Finding[] };

const cache = new Map<string, BankProfile>();

/** The folder of the profiles that ship: beside `src` in development, beside `dist` when compiled. */
export function shippedProfilesFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "templates", "banks"))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new RemitError("NOT_FOUND", { found: "no templates/banks", expected: "the project's own folder" });
    folder = parent;
  }
  return join(folder, "templates", "banks");
}

/**
 * A profile by its name, from `folder` (default: those that ship). Read once and kept.
 * Throws NOT_FOUND when there is none, PROFILE_INVALID with all findings when it is not right.
 */
export function loadProfile(name: string, folder: string = shippedProfilesFolder()): BankProfile {
  const key = `${folder}\0${name}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const result = readProfile(name, folder);
  if (!result.ok) throw new RemitError("PROFILE_INVALID", { findings: result.findings });
  cache.set(key, result.profile);
  return result.profile;
}

/** The same as a value: all findings instead of an error. Never cached. Throws NOT_FOUND. */
export function readProfile(name: string, folder: string = shippedProfilesFolder()): ProfileFileResult {
  const path = join(folder, `${name}.json`);
  if (!NAME.test(name) || !existsSync(path)) {
    throw new RemitError("NOT_FOUND", {
      where: "bank profile",
      found: JSON.stringify(name),
      expected: `one of ${profileNames(folder).join(", ")}`,
    });
  }
  return readProfileFile(path, `${name}.json`, name);
}

/** A profile from a file of any name and place. `name`, when given, is the name the profile must have. */
export function readProfileFile(path: string, where: string = path, name?: string): ProfileFileResult {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { ok: false, findings: [{ code: "PROFILE_UNREADABLE", where, found, expected: "a JSON file" }] };
  }
  const result = parseProfile(json, where);
  if (!result.ok || name === undefined || result.profile.name === name) return result;
  const finding = { code: "PROFILE_NAME", where: `${where}: name`, found: result.profile.name, expected: name };
  return { ok: false, findings: [finding] };
}

/** Names of all profiles in the folder, in order. */
export function profileNames(folder: string = shippedProfilesFolder()): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}
