/** One thing that is wrong with an input, as every reader, checker and importer of the engine reports it. */
export interface Finding {
  /** Stable code in SCREAMING_SNAKE_CASE, e.g. `IBAN_INVALID`. */
  readonly code: string;
  /** The place: a file and line, an XML path, a field of a transfer. */
  readonly where: string;
  /** What stands there, as text. Card numbers, secrets and whole account numbers are masked before they get here. */
  readonly found: string;
  /** What would have been right. */
  readonly expected: string;
}
