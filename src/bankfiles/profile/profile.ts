/** A bank profile: all habits of one bank as data, and the reader that lists everything that is wrong with one. */
import type { z } from "zod";
import type { Finding } from "../../domain/finding.ts";
import { contradictions } from "./contradictions.ts";
import { PROFILE } from "./profile-schema.ts";

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** Meaning and defaults of each field stand in `profile-schema.ts` and `exchange-schema.ts`. */
export type BankProfile = Frozen<z.output<typeof PROFILE>>;

/** One kind of transfer a bank takes: SEPA, instant, domestic. */
export type BankService = BankProfile["services"][number];

/** The exchange half: folders, names, what the bank answers and by when. */
export type BankExchange = BankProfile["exchange"];

export type ExpectedAnswer = BankExchange["answers"][number];

export type ProfileResult =
  | { readonly ok: true; readonly profile: BankProfile }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * A profile from parsed JSON. `where` names the source in findings (a file name). All faults are listed, each with its
 * path: unknown keys, wrong values, and values that contradict each other.
 */
export function parseProfile(json: unknown, where: string): ProfileResult {
  const parsed = PROFILE.safeParse(json);
  const findings = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => findingsOf(issue, json, where))),
    ...contradictions(parsed.success ? parsed.data : json).map(({ path, found, expected }) => ({
      code: "PROFILE_CONTRADICTION",
      where: `${where}: ${path}`,
      found,
      expected,
    })),
  ];
  return parsed.success && findings.length === 0 ? { ok: true, profile: parsed.data } : { ok: false, findings };
}

type Issue = z.core.$ZodIssue;

function findingsOf(issue: Issue, json: unknown, where: string): Finding[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      code: "PROFILE_UNKNOWN_KEY",
      where: `${where}: ${pathText([...issue.path, key])}`,
      found: key,
      expected: "a key that profiles have (templates/banks/README.md)",
    }));
  }
  if (issue.code === "invalid_union") {
    // The branch with the fewest complaints is the one that was meant.
    const [closest] = [...issue.errors].sort((a, b) => a.length - b.length);
    if (closest !== undefined && closest.length > 0) {
      return closest.flatMap((inner) => findingsOf({ ...inner, path: [...issue.path, ...inner.path] }, json, where));
    }
  }
  return [
    {
      code: "PROFILE_VALUE",
      where: `${where}: ${pathText(issue.path)}`,
      found: foundAt(json, issue.path),
      expected: issue.message,
    },
  ];
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}

function foundAt(json: unknown, path: readonly PropertyKey[]): string {
  let value = json;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return "nothing";
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 100);
}
