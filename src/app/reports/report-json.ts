/** JSON of a report: amounts exact, as text of minor units beside their decimals; other whole numbers as numbers. */
import { formatMinor } from "../../domain/money.ts";

/** `{ currency, minor }` becomes `{ "currency": "EUR", "minor": "1234", "decimal": "12.34" }`. */
export function reportJson(report: unknown): string {
  return `${JSON.stringify(report, printed, 2)}\n`;
}

function printed(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (!isAmount(value)) return value;
  const { currency, minor } = value;
  return { currency, minor: minor.toString(), decimal: formatMinor(minor, currency) };
}

function isAmount(value: unknown): value is { readonly currency: string; readonly minor: bigint } {
  return typeof value === "object" && value !== null && "minor" in value && typeof value.minor === "bigint";
}
