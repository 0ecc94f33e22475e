/** A record as a file gives it, before anything of it is checked. */

export type RawValue = Readonly<Record<string, unknown>>;

export interface RawFault {
  readonly code:
    | "TEXT_NOT_UTF8"
    | "LINE_TOO_LONG"
    | "JSON_INVALID"
    | "CSV_INVALID"
    | "FIELD_REPEATED"
    | "AMOUNT_INVALID"
    | "FORMAT_UNKNOWN";
  readonly field?: string;
  readonly found: string;
  readonly expected: string;
}

export interface RawRecord {
  /** Line of the file, from 1, on which the record begins. */
  readonly line: number;
  /** What the place of the record says it is: the list it stands in, the name of its file. Otherwise it says so itself. */
  readonly type?: string;
  readonly value?: RawValue;
  readonly faults?: readonly RawFault[];
}

/** The record with `type` as its kind where it does not say one itself: a file's name is a hint, not a promise. */
export function withFallbackType(record: RawRecord, type: string | undefined): RawRecord {
  return type === undefined || record.type !== undefined || record.value?.type !== undefined
    ? record
    : { ...record, type };
}

/** No record of a cart of thousands of items comes near it. */
export const MOST_RECORD_BYTES = 16 * 1024 * 1024;
