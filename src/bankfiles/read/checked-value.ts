/** Values with a form of their own, taken from text: what does not have the form is reported, never guessed. */
import type { Finding } from "../../domain/finding.ts";
import type { Charge, Direction, Reason } from "./document.ts";
import { type FieldContext, part, type RecordMap, type RecordRow, value, values } from "./record-map.ts";
import { shownText } from "./shown-text.ts";

/** A type whose readonly is taken off while its values come in. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

const DECIMAL = /^\d{1,18}(?:\.\d{1,17})?$/;
const COUNT = /^\d{1,18}$/;

export function checkAmount(text: string, field: FieldContext): void {
  if (!DECIMAL.test(text)) field.report("AMOUNT_INVALID", shownText(text));
}

/** As checkAmount, for amounts that must say their currency. */
export function checkMoney(text: string, field: FieldContext): void {
  checkAmount(text, field);
  if (field.currency() === undefined) field.report("CURRENCY_MISSING", "none");
}

export function checkCount(text: string, field: FieldContext): void {
  if (!COUNT.test(text)) field.report("COUNT_INVALID", shownText(text));
}

export function directionOf(text: string, field: FieldContext): Direction | undefined {
  const word = text.trim();
  if (word === "CRDT" || word === "DBIT") return word;
  field.report("DIRECTION_INVALID", shownText(text));
  return undefined;
}

export function booleanOf(text: string, field: FieldContext): boolean | undefined {
  const word = text.trim();
  if (word === "true" || word === "1") return true;
  if (word === "false" || word === "0") return false;
  field.report("BOOLEAN_INVALID", shownText(text));
  return undefined;
}

/** A finding for each of the named values that did not come. */
export function reportMissing<D>(draft: D, names: readonly (keyof D & string)[], field: FieldContext): void {
  for (const name of names) {
    if (draft[name] === undefined || draft[name] === "") field.report("VALUE_MISSING", `no ${name}`);
  }
}

/** Puts what was found strange within a part at the part. */
export function attachFindings(out: { findings?: readonly Finding[] }, field: FieldContext): void {
  const findings = field.findings();
  if (findings.length > 0) out.findings = findings;
}

/** Amount and currency of one element, written into a draft that has both. */
export function setMoney(draft: { amount?: string; currency?: string }, text: string, field: FieldContext): void {
  checkMoney(text, field);
  draft.amount = text;
  const currency = field.currency();
  if (currency !== undefined) draft.currency = currency;
}

export interface ReasonDraft {
  out: Draft<Reason>;
}

/** Why: `Rsn` of a status, a return. `AddtlInf` comes in pieces of 105 characters that are cut anywhere. */
export const REASON: RecordMap<ReasonDraft> = {
  create: () => ({ out: {} }),
  rows: [
    value(["Rsn/Cd", "Rsn/Prtry", "RtrRsn/Cd", "RtrRsn/Prtry"], (draft, text) => {
      draft.out.code = text;
    }),
    values(["AddtlInf", "AddtlRtrRsnInf", "AddtlStsRsnInf"], (draft, text) => {
      draft.out.info = (draft.out.info ?? "") + text;
    }),
  ],
};

export interface ChargeDraft {
  out: Draft<Charge>;
  /** Version .04 and later: the records within `Chrgs`. */
  records: Draft<Charge>[];
  total: Draft<Charge>;
}

function newCharge(): ChargeDraft {
  return { out: { amount: "" }, records: [], total: { amount: "" } };
}

const CHARGE_VALUES = [
  value<ChargeDraft>("Amt", (draft, text, field) => setMoney(draft.out, text, field)),
  value<ChargeDraft>("CdtDbtInd", (draft, text, field) => {
    const direction = directionOf(text, field);
    if (direction !== undefined) draft.out.direction = direction;
  }),
  value<ChargeDraft>("ChrgInclInd", (draft, text, field) => {
    const included = booleanOf(text, field);
    if (included !== undefined) draft.out.included = included;
  }),
  value<ChargeDraft>(["Tp/Cd", "Tp/Prtry", "Tp/Prtry/Id"], (draft, text) => {
    draft.out.type = text;
  }),
];

const CHARGE_RECORD: RecordMap<ChargeDraft> = { create: newCharge, rows: CHARGE_VALUES };

/** `Chrgs`: up to .03 one flat element per charge, from .04 one element with a record per charge. */
const CHARGES: RecordMap<ChargeDraft> = {
  create: newCharge,
  rows: [
    ...CHARGE_VALUES,
    value("TtlChrgsAndTaxAmt", (draft, text, field) => setMoney(draft.total, text, field)),
    part("Rcrd", CHARGE_RECORD, (draft, record) => {
      draft.records.push(record.out);
    }),
  ],
};

/** The row for `Chrgs`; a total is a charge of its own only where no single charge is named. */
export function chargesPart<D>(add: (draft: D, charge: Charge) => void): RecordRow<D> {
  return part("Chrgs", CHARGES, (draft: D, charges) => {
    for (const record of charges.records) add(draft, record);
    if (charges.out.amount !== "") add(draft, charges.out);
    else if (charges.records.length === 0 && charges.total.amount !== "") add(draft, charges.total);
  });
}
