/** Builders of lines, transfers and pay-ins as values, and of a run's result as text, for tables a banker can read. */
import { matchEntries } from "../../src/recon/match.ts";
import type { ReconDetail, ReconEntry } from "../../src/recon/recon-entry.ts";
import {
  type ExpectedPayIn,
  RECON_DEFAULTS,
  type ReconInput,
  type ReconSettings,
  type ReconTransfer,
} from "../../src/recon/recon-input.ts";
import type { ReconResult } from "../../src/recon/recon-result.ts";

export const ACCOUNT = "DE89370400440532013000";
export const PAYEE = "FR1420041010050500013M02606";
export const OTHER_PAYEE = "NL91ABNA0417164300";

/** `12.34` in EUR cents. */
export function cents(amount: string): bigint {
  return BigInt(amount.replace(/^[+-]/, "").replace(".", ""));
}

/** Transfer A of 10.00: EndToEndId E-A, InstrId I-A, payment P1 in file M1, sent. */
export function transfer(id: string, amount = "10.00", more: Partial<ReconTransfer> = {}): ReconTransfer {
  return {
    id,
    endToEndId: `E-${id}`,
    instructionId: `I-${id}`,
    paymentInformationId: "P1",
    messageId: "M1",
    account: ACCOUNT,
    iban: PAYEE,
    amountMinor: cents(amount),
    currency: "EUR",
    state: "ACCEPTED",
    executionDate: "2026-11-19",
    ...more,
  };
}

export function payIn(id: string, amount: string, more: Partial<ExpectedPayIn> = {}): ExpectedPayIn {
  const row = { id, references: [`SETTLE-${id}`], account: ACCOUNT, amountMinor: cents(amount), currency: "EUR" };
  return { ...row, expectedDate: "2026-11-20", ...more };
}

/** `entry("e1", "-10.00")` is a debit of 10.00 EUR on 20 November; details are `E-A`, `E-A:4.00` or objects. */
export function entry(
  identity: string,
  amount: string,
  details: readonly (string | Partial<ReconDetail>)[] = [],
  more: Partial<ReconEntry> = {},
): ReconEntry {
  const direction = amount.startsWith("-") ? "DBIT" : "CRDT";
  const rows = details.map((row): ReconDetail => {
    const base = { direction, charges: [], remittance: [] } as const;
    if (typeof row !== "string")
      return { ...base, ...(details.length === 1 ? { amountMinor: cents(amount) } : {}), ...row };
    const [endToEndId = "", text] = row.split(":");
    const whole = details.length === 1 ? amount : undefined;
    const own = text ?? whole;
    return { ...base, endToEndId, ...(own === undefined ? {} : { amountMinor: cents(own) }) };
  });
  return {
    identity,
    account: ACCOUNT,
    direction,
    amountMinor: cents(amount),
    currency: "EUR",
    bookingDate: "2026-11-20",
    reversal: false,
    charges: rows.flatMap((row) => row.charges),
    kind: "other",
    confirmed: true,
    ...more,
    details: rows,
  };
}

export interface Setting {
  readonly entries: readonly ReconEntry[];
  readonly transfers?: readonly ReconTransfer[];
  readonly payIns?: readonly ExpectedPayIn[];
  readonly seenReferences?: NonNullable<ReconInput["seenReferences"]>;
  readonly settings?: Partial<ReconSettings>;
}

export function inputOf({ settings, ...rest }: Setting): ReconInput {
  return { transfers: [], payIns: [], ...rest, settings: { ...RECON_DEFAULTS, asOf: "2026-11-20", ...settings } };
}

export function run(setting: Setting): ReconResult {
  return matchEntries(inputOf(setting));
}

/** Each match as `EXECUTED A,B by BATCH`, with `less 3.00` for charges. */
export function matchesOf(result: ReconResult): string[] {
  return result.matches.map(({ effect, transfers, payIns, rule, chargesMinor }) => {
    const settled = [...transfers, ...payIns].join(",");
    const charges = chargesMinor === 0n ? "" : ` charges ${chargesMinor}`;
    return `${effect}${settled === "" ? "" : ` ${settled}`} by ${rule}${charges}`;
  });
}

export const statesOf = (result: ReconResult) =>
  result.entries.map(({ entry, state }) => `${entry} ${state}`).join(", ");
export const codesOf = (result: ReconResult) => result.exceptions.map(({ code }) => code);
