/** Names of files to and from a bank, by the templates and patterns of its profile. */
import { RemitError } from "../../domain/errors.ts";
import type { BankProfile } from "./profile.ts";

export interface OutboundFile {
  readonly messageId: string;
  /** Date of the file in the bank's zone, YYYY-MM-DD. */
  readonly date: string;
  /** Time of the file in the bank's zone, HH:MM; 00:00 when absent. */
  readonly time?: string;
  /** Counts the files that the bank gets of a day, from 1. */
  readonly sequence?: number;
  /** Name of the service when the file has one only. */
  readonly service?: string;
}

const PLACEHOLDER = /\{(\w+)(?::(\d))?\}/g;
const KNOWN = new Set(["messageId", "date", "time", "sequence", "service", "profile"]);

/** What is wrong with a template of outbound names, as a sentence; undefined when it is right. */
export function placeholderProblem(template: string): string | undefined {
  for (const [, name = ""] of template.matchAll(PLACEHOLDER)) {
    if (!KNOWN.has(name)) return `placeholders out of ${[...KNOWN].map((known) => `{${known}}`).join(" ")}`;
  }
  if (!/^[A-Za-z0-9._-]*$/.test(template.replace(PLACEHOLDER, "")))
    return "besides placeholders only A-Z a-z 0-9 . _ -";
  // Two files of one name overwrite each other at the bank, so the name holds what is never used twice.
  return template.includes("{messageId}") || (template.includes("{date}") && /\{sequence(?::\d)?\}/.test(template))
    ? undefined
    : "a name with {messageId}, or {date} and {sequence}, so that no two files have the same";
}

/**
 * The remote name of an outbound file, without folder. Throws INPUT_INVALID when the ids make a name that the bank
 * would not take: characters besides `A-Z a-z 0-9 . _ -`, a leading dot, or longer than the profile allows.
 */
export function outboundName(profile: BankProfile, file: OutboundFile): string {
  const { outbound, maxLength } = profile.exchange.fileNames;
  const { pgp } = profile.exchange;
  const values: Readonly<Record<string, string>> = {
    messageId: file.messageId,
    date: file.date.replaceAll("-", ""),
    time: (file.time ?? "00:00").replace(":", ""),
    sequence: String(file.sequence ?? 1),
    service: file.service ?? "",
    profile: profile.name,
  };
  const plain = outbound.replace(PLACEHOLDER, (_whole, key: string, width: string | undefined) =>
    (values[key] ?? "").padStart(Number(width ?? 0), "0"),
  );
  const name = pgp?.encrypt === true || pgp?.sign === true ? plain + pgp.suffix : plain;
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name) || name.length > maxLength) {
    throw new RemitError("INPUT_INVALID", {
      where: `file name for message ${file.messageId}`,
      found: name,
      expected: `at most ${maxLength} of A-Z a-z 0-9 . _ -, not beginning with a dot`,
    });
  }
  return name;
}

export type InboundKind = BankProfile["exchange"]["fileNames"]["inbound"][number]["kind"];

/** What the bank sends under this name by the profile's patterns; undefined: not a file for us (or not finished). */
export function inboundKind(profile: BankProfile, name: string): InboundKind | undefined {
  const { tempSuffix, marker, fileNames } = profile.exchange;
  if (name.startsWith(".") || name.endsWith(tempSuffix)) return undefined;
  if (marker !== undefined && name.endsWith(marker.suffix)) return undefined;
  return fileNames.inbound.find(({ pattern }) => matches(pattern, name))?.kind;
}

/** `*` stands for any characters. Greedy from the left, without regular expressions: linear in the name. */
function matches(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return name === first;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
