/** A booked line of a bank account as the matcher takes it; the facts read from camt files have this shape. */

export type Direction = "CRDT" | "DBIT";

export interface ReconCharge {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly direction: Direction;
  /** True when the charge is part of the entry's amount already. */
  readonly included: boolean;
}

export interface ReconParty {
  readonly name?: string;
  readonly iban?: string;
}

export interface ReconDetail {
  readonly endToEndId?: string;
  readonly instructionId?: string;
  readonly messageId?: string;
  readonly paymentInformationId?: string;
  readonly servicerReference?: string;
  readonly amountMinor?: bigint;
  readonly currency?: string;
  readonly direction: Direction;
  readonly charges: readonly ReconCharge[];
  readonly return?: { readonly code?: string; readonly info?: string };
  readonly debtor?: ReconParty;
  readonly creditor?: ReconParty;
  readonly remittance: readonly string[];
}

export interface ReconEntry {
  /** One booking, one identity, in whatever reports it appears. */
  readonly identity: string;
  readonly account: string;
  readonly direction: Direction;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bookingDate?: string;
  readonly valueDate?: string;
  readonly reversal: boolean;
  readonly reference?: string;
  readonly servicerReference?: string;
  readonly batch?: { readonly messageId?: string; readonly paymentInformationId?: string; readonly count?: number };
  readonly charges: readonly ReconCharge[];
  readonly details: readonly ReconDetail[];
  readonly returnReason?: { readonly code?: string; readonly info?: string };
  /** The bank's own codes, as a hint. */
  readonly kind: "transfer" | "return" | "charge" | "payin" | "other";
  readonly additionalInfo?: string;
  /** False while only an advice or an intraday report has it. */
  readonly confirmed: boolean;
}

/** The day a line counts for: when it was booked, else its value date; empty when the bank gave neither. */
export function dateOf(entry: ReconEntry): string {
  return entry.bookingDate ?? entry.valueDate ?? "";
}

/** Debits before credits of a day, then by identity: the order of every run, whatever order the lines come in. */
export function inOrder(entries: readonly ReconEntry[]): readonly ReconEntry[] {
  const key = (entry: ReconEntry) => [dateOf(entry), entry.direction === "DBIT" ? "0" : "1", entry.identity].join("\n");
  const keyed = entries.map((entry) => ({ entry, key: key(entry) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ entry }) => entry);
}

/** Text of a reference that says something; NOTPROVIDED is what a bank writes when there is none. */
export function referenceText(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === "" || trimmed.toUpperCase() === "NOTPROVIDED" ? undefined : trimmed;
}

export function plainIban(iban: string | undefined): string | undefined {
  const plain = iban?.replaceAll(/\s/g, "").toUpperCase();
  return plain === "" ? undefined : plain;
}
