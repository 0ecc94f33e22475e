/** Amount text of a bank file as minor units, or a finding: the readers of meaning never throw on what a bank wrote. */
import { isCurrency } from "../../domain/currency.ts";
import type { Finding } from "../../domain/finding.ts";
import { MAX_MINOR, parseMinor } from "../../domain/money.ts";

export type ExactAmount =
  | { readonly ok: true; readonly minor: bigint; readonly currency: string }
  | { readonly ok: false; readonly finding: Finding };

const TOO_LONG = 40;

/** Minor units of `text` in `currency`; otherwise AMOUNT_UNREADABLE, AMOUNT_TOO_LARGE or CURRENCY_UNKNOWN at `where`. */
export function exactAmount(text: string | undefined, currency: string | undefined, where: string): ExactAmount {
  if (currency === undefined || !isCurrency(currency)) {
    return refused("CURRENCY_UNKNOWN", where, currency ?? "no currency", "an ISO 4217 code such as EUR");
  }
  const shown = text === undefined ? "no amount" : text.slice(0, TOO_LONG);
  const expected = `a decimal number with the decimals of ${currency}`;
  if (text === undefined) return refused("AMOUNT_UNREADABLE", where, shown, expected);
  const minor = parsed(text.trim(), currency);
  if (minor === undefined) return refused("AMOUNT_UNREADABLE", where, shown, expected);
  if (minor > MAX_MINOR || minor < -MAX_MINOR) {
    return refused("AMOUNT_TOO_LARGE", where, shown, `at most ${MAX_MINOR} minor units`);
  }
  return { ok: true, minor, currency };
}

function parsed(text: string, currency: string): bigint | undefined {
  try {
    // `+12.00` and `.5` are written by some banks and are allowed by xs:decimal.
    return parseMinor(text.replace(/^\+/, "").replace(/^(-?)\./, "$10."), currency);
  } catch {
    return undefined; // the caller turns it into a finding: a bank's text is input, not a bug
  }
}

function refused(code: string, where: string, found: string, expected: string): ExactAmount {
  return { ok: false, finding: { code, where, found, expected } };
}
