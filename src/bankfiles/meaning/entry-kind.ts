/** What kind of booking a line seems to be, from the bank's own codes: a hint, never a proof. */
import type { Entry } from "../read/document.ts";

export type EntryKind = "transfer" | "return" | "charge" | "payin" | "other";

/** ISO bank transaction sub-families by what they are for us. */
const RETURN_CODES: ReadonlySet<string> = new Set(["RRTN"]);
const CHARGE_CODES: ReadonlySet<string> = new Set(["CHRG", "COMM", "FEES"]);
const TRANSFER_FAMILIES: ReadonlySet<string> = new Set(["ICDT", "IRCT"]);
const PAYIN_FAMILIES: ReadonlySet<string> = new Set(["RCDT", "RRCT", "MCRD"]);

/** German GVC numbers, in a proprietary code such as `NTRF+116+9001` or alone. */
const GVC_KINDS: Readonly<Record<string, EntryKind>> = {
  116: "transfer",
  117: "transfer",
  118: "transfer",
  119: "transfer",
  177: "transfer",
  191: "transfer",
  159: "return",
  166: "payin",
  168: "payin",
  808: "charge",
};

export function entryKind(entry: Entry): EntryKind {
  const { family, subFamily, proprietary } = entry.code;
  if (entry.details.some((detail) => detail.return !== undefined)) return "return";
  if (RETURN_CODES.has(upper(subFamily))) return "return";
  if (CHARGE_CODES.has(upper(subFamily)) || CHARGE_CODES.has(upper(family))) return "charge";
  if (entry.direction === "DBIT" && TRANSFER_FAMILIES.has(upper(family))) return "transfer";
  if (entry.direction === "CRDT" && PAYIN_FAMILIES.has(upper(family))) return "payin";
  return byProprietary(proprietary) ?? (namesOurPayment(entry) ? "transfer" : "other");
}

function byProprietary(code: string | undefined): EntryKind | undefined {
  const numbers = code?.match(/(?<!\d)\d{3}(?!\d)/g) ?? [];
  return numbers.map((number) => GVC_KINDS[number]).find((kind) => kind !== undefined);
}

function namesOurPayment(entry: Entry): boolean {
  return entry.direction === "DBIT" && entry.batch?.paymentInformationId !== undefined;
}

function upper(code: string | undefined): string {
  return code?.trim().toUpperCase() ?? "";
}
