/** The refusal of a whole file: one finding with its place, thrown inside the reader and caught at its edge. */
import { RemitError } from "../../domain/errors.ts";
import type { Finding } from "../../domain/finding.ts";
import { REFUSALS, type RefusalCode } from "./read-limits.ts";
import { shownText } from "./shown-text.ts";

export interface TextPosition {
  readonly line: number;
  /** Bytes of UTF-8 since the line began, counted from 1. */
  readonly column: number;
}

export function refusal(code: RefusalCode, place: TextPosition | string, found: string): RemitError {
  const where = typeof place === "string" ? place : `line ${place.line}, column ${place.column}`;
  const finding: Finding = { code, where, found, expected: REFUSALS[code] };
  return new RemitError("BANK_FILE_INVALID", { findings: [finding] });
}

/** The bytes around a fault, as text for a finding. */
export function shownBytes(bytes: Uint8Array, start: number, end: number): string {
  return shownText(Buffer.from(bytes.subarray(start, Math.min(end, start + 40))).toString("latin1"));
}
