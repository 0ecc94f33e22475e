/** Money: an integer number of minor units with its currency. Decimals exist only as text, in files and on screens. */
import { decimalsOf } from "./currency.ts";
import { RemitError } from "./errors.ts";

declare const brand: unique symbol;

export interface Money {
  readonly currency: string;
  /** Minor units (cents for EUR, yen for JPY). May be negative. */
  readonly minor: bigint;
  readonly [brand]: "Money";
}

/** Amounts beyond this are a mistake or an attack: it leaves room for sums of millions of rows in a 64-bit column. */
export const MAX_MINOR = 1_000_000_000_000_000n;

export function money(currency: string, minor: bigint): Money {
  decimalsOf(currency);
  return { currency, minor } as Money;
}

export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) {
    throw new RemitError("MONEY_MISMATCH", { found: b.currency, expected: a.currency });
  }
  return { currency: a.currency, minor: a.minor + b.minor } as Money;
}

const DECIMAL = /^(-?)(\d{1,18})(?:\.(\d+))?$/;

/**
 * Minor units of a decimal text such as `12.34`, digit by digit. Trailing zeros beyond the currency's decimals
 * are accepted (`12.340`), any other further digit is MONEY_NOT_EXACT: nothing is ever rounded here.
 */
export function parseMinor(text: string, currency: string): bigint {
  const match = DECIMAL.exec(text);
  if (match === null) {
    throw new RemitError("MONEY_NOT_EXACT", {
      found: JSON.stringify(text),
      expected: "a decimal number such as 12.34",
    });
  }
  const decimals = decimalsOf(currency);
  const [, sign = "", whole = "0", fraction = ""] = match;
  if (/[1-9]/.test(fraction.slice(decimals))) {
    throw new RemitError("MONEY_NOT_EXACT", { found: text, expected: `at most ${decimals} decimals for ${currency}` });
  }
  const minor = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, "0"));
  return sign === "-" ? -minor : minor;
}

/** Decimal text of minor units, with exactly the currency's decimals: `1234n`, EUR -> `12.34`. */
export function formatMinor(minor: bigint, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return minor < 0n ? `-${text}` : text;
}

/**
 * Splits `total` in proportion to `weights` by the largest remainder: every part is the exact share rounded down, and
 * what is left over goes, one minor unit each, to the largest remainders (ties: the larger weight, then the earlier part).
 * Parts sum to `total`, and the same weights in another order give the same parts in another order.
 */
export function splitByWeights(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (weights.length === 0 || sum <= 0n || weights.some((weight) => weight < 0n)) {
    throw new RemitError("INPUT_INVALID", {
      where: "weights",
      found: weights.join(", ") || "none",
      expected: "weights of zero or more with a sum above zero",
    });
  }
  if (total < 0n) {
    return splitByWeights(-total, weights).map((part) => -part);
  }
  const parts = weights.map((weight) => (total * weight) / sum);
  const byRemainder = weights
    .map((weight, index) => ({ index, weight, remainder: (total * weight) % sum }))
    .sort((a, b) => descending(a.remainder, b.remainder) || descending(a.weight, b.weight) || a.index - b.index);
  let left = total - parts.reduce((a, b) => a + b, 0n);
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}

function descending(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

/** `amount` x basis points, rounded half up to the minor unit (away from zero for negative amounts). */
export function basisPointsOf(amount: bigint, basisPoints: bigint): bigint {
  const product = amount * basisPoints;
  return product >= 0n ? (product + 5_000n) / 10_000n : -((-product + 5_000n) / 10_000n);
}
