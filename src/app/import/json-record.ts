/** Reads the JSON text of one record so that nothing in it is silently changed: no rounded number, no field given twice. */
import type { RawFault, RawRecord, RawValue } from "./raw-record.ts";

/** Percentages, the only fields that may have decimals (seed 001: CART[X][DISCOUNT], CART[X][TAX]). */
const PERCENTAGES: readonly string[] = ["discount", "tax"];
/** A number with a fraction or an exponent that is no percentage, or something in a text that looks like it. */
const PERHAPS_NOT_WHOLE = /[:,[]\s*-?\d+[.eE](?<!"(?:discount|tax)":\s*\d+\.)/;
const LONGEST_PATH = 200;

/** `type` is what the record's place says it is. A record that is not an object is a fault, as is every inexact number. */
export function jsonRecord(text: string, line: number, type?: string): RawRecord {
  const head = type === undefined ? { line } : { line, type };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const found = error instanceof SyntaxError ? plainReason(error.message) : String(error);
    return { ...head, faults: [{ code: "JSON_INVALID", found, expected: "one JSON object" }] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ...head, faults: [{ code: "JSON_INVALID", found: kindOf(value), expected: "one JSON object" }] };
  }
  const faults = needsCloseReading(text, value) ? readClosely(text) : [];
  return faults.length === 0 ? { ...head, value: value as RawValue } : { ...head, value: value as RawValue, faults };
}

/** V8 repeats a part of the text in its message, which may hold what must not be shown. */
function plainReason(message: string): string {
  return message
    .replace(/Unexpected token .*$/s, "an unexpected character")
    .replace(/, ?(?:\.\.\.)?".*$/s, "")
    .replace(" in JSON", "");
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

/** Cheap and never wrong in saying no: only texts with a number like 1.0 or 1e3, or more keys than fields, are read again. */
function needsCloseReading(text: string, value: object): boolean {
  return PERHAPS_NOT_WHOLE.test(text) || keysWrittenIn(text) !== keysOf(value);
}

function keysWrittenIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count += 1;
  return count;
}

function keysOf(value: object): number {
  let count = 0;
  const listed = Array.isArray(value);
  for (const key in value) {
    if (!listed) count += 1;
    const part: unknown = (value as Record<string, unknown>)[key];
    if (typeof part === "object" && part !== null) count += keysOf(part);
  }
  return count;
}

/** Tokens of a text that JSON.parse has accepted. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]|true|false|null/gy;
const SPACE = /\s*/gy;

interface Level {
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
}

/** Walks the tokens and names every number that is not written as a whole number and every key that an object has twice. */
function readClosely(text: string): RawFault[] {
  const faults: RawFault[] = [];
  const levels: Level[] = [];
  let keyNext = false;
  for (const token of tokensOf(text)) {
    const level = levels.at(-1);
    const first = token.charAt(0);
    if (first === "{") levels.push({ keys: new Set(), key: "", index: 0 });
    else if (first === "[") levels.push({ keys: undefined, key: "", index: 0 });
    else if (first === "}" || first === "]") levels.pop();
    else if (first === "," && level !== undefined) level.index += 1;
    else if (first === '"' && keyNext && level?.keys !== undefined) {
      level.key = JSON.parse(token) as string;
      if (level.keys.has(level.key)) {
        faults.push({
          code: "FIELD_REPEATED",
          field: pathOf(levels),
          found: "the same field again",
          expected: "every field once",
        });
      }
      level.keys.add(level.key);
    } else if (/^-?\d+[.eE]/.test(token) && !PERCENTAGES.includes(level?.key ?? "")) {
      faults.push({
        code: "AMOUNT_INVALID",
        field: pathOf(levels),
        found: token,
        expected: "a whole number, written without a point or an exponent",
      });
    }
    keyNext = first === "{" || (first === "," && levels.at(-1)?.keys !== undefined);
  }
  return faults;
}

function* tokensOf(text: string): Generator<string> {
  let at = 0;
  while (at < text.length) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return;
    at += token.length;
    yield token;
  }
}

function pathOf(levels: readonly Level[]): string {
  const path = levels
    .map(({ keys, key, index }) => (keys === undefined ? `[${index}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");
  return path.slice(0, LONGEST_PATH);
}
