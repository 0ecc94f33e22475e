/** What the sandbox bank may be told to do wrong, and the rules that say when. */
import { textFits } from "./text-fits.ts";

/** All that are given must fit; texts are exact or hold `*` for any signs. An empty `when` fits everything. */
export interface RuleCondition {
  readonly endToEndId?: string;
  readonly creditorIban?: string;
  readonly creditorName?: string;
  readonly messageId?: string;
  /** Cents as text, e.g. `1999`. */
  readonly amountMinor?: string;
  /** Position of the transfer in its file, from 1. */
  readonly nth?: number;
  /** Every n-th transfer the bank has received since it opened, e.g. 50 for two in a hundred. */
  readonly everyNth?: number;
  /** Account of a statement, for the effects on statements. */
  readonly account?: string;
  /** Date of a statement, YYYY-MM-DD, for the effects on statements. */
  readonly date?: string;
}

export const SPOILS = ["truncated", "not-xml", "unknown-message-id", "wrong-sums", "wrong-message"] as const;
export type Spoil = (typeof SPOILS)[number];

/** Effects on one transfer. */
export type TransferEffect =
  | { readonly kind: "reject"; readonly code: string; readonly info?: string }
  /**
   * Answered ACSP, then RJCT at the end of the day `afterDays` days after the execution date; never booked. With
   * `thoughBooked` it is booked all the same and the RJCT follows the booking: a bank that contradicts itself.
   */
  | {
      readonly kind: "late-reject";
      readonly code: string;
      readonly afterDays?: number;
      readonly info?: string;
      readonly thoughBooked?: boolean;
    }
  /** Booked, and credited back `afterDays` days later, less the charges. */
  | {
      readonly kind: "return";
      readonly code: string;
      readonly afterDays?: number;
      readonly chargesMinor?: string;
      readonly info?: string;
    };

/** Effects on the answer to a whole file: they apply when any of its transfers fits. */
export type AnswerEffect =
  | { readonly kind: "reject-file"; readonly code: string; readonly info?: string }
  | { readonly kind: "silent" }
  | { readonly kind: "duplicate-answer" }
  /** An ACTC in a file of its own before the answer, unless the whole file is refused. */
  | { readonly kind: "acknowledge-first" }
  /** A spoilt answer in place of the right one, or before it when `thenRight` is set. */
  | { readonly kind: "rubbish-answer"; readonly how: Spoil; readonly thenRight?: boolean };

/** Effects on the statement of an account and date. */
export type StatementEffect =
  | { readonly kind: "no-statement" }
  | { readonly kind: "duplicate-statement" }
  | { readonly kind: "batch-without-details" }
  | { readonly kind: "rubbish-statement"; readonly how: Spoil; readonly thenRight?: boolean };

export type BankEffect = TransferEffect | AnswerEffect | StatementEffect;

export interface BankRule {
  readonly when: RuleCondition;
  readonly do: BankEffect;
  /** How often the rule may apply; absent: always. */
  readonly times?: number;
}

/** A rule with the count of its uses, as the bank keeps it. */
export interface KeptRule {
  readonly rule: BankRule;
  used: number;
}

const TRANSFER_EFFECTS = ["reject", "late-reject", "return"] as const satisfies readonly TransferEffect["kind"][];
const ANSWER_EFFECTS = [
  "reject-file",
  "silent",
  "duplicate-answer",
  "acknowledge-first",
  "rubbish-answer",
] as const satisfies readonly AnswerEffect["kind"][];
const STATEMENT_EFFECTS = [
  "no-statement",
  "duplicate-statement",
  "batch-without-details",
  "rubbish-statement",
] as const satisfies readonly StatementEffect["kind"][];

export interface TransferFacts {
  readonly endToEndId: string;
  readonly creditorIban: string;
  readonly creditorName: string;
  readonly messageId: string;
  readonly amountMinor: string;
  /** Position in the file, from 1. */
  readonly position: number;
  /** Position among all transfers ever received, from 1. */
  readonly serial: number;
}

/** The first rule that fits the transfer; its use is counted. */
export function transferEffect(rules: readonly KeptRule[], facts: TransferFacts): TransferEffect | undefined {
  const hit = rules.find(
    (kept) => isOneOf(TRANSFER_EFFECTS, kept.rule.do) && hasUsesLeft(kept) && fitsTransfer(kept.rule.when, facts),
  );
  if (hit === undefined) return undefined;
  hit.used += 1;
  return hit.rule.do as TransferEffect;
}

/** All rules on answers that fit any transfer of the file; each use is counted once for the file. */
export function answerEffects(rules: readonly KeptRule[], transfers: readonly TransferFacts[]): AnswerEffect[] {
  return takeAll(rules, ANSWER_EFFECTS, (when) => transfers.some((facts) => fitsTransfer(when, facts)));
}

/** All rules on statements that fit the account and the date. */
export function statementEffects(rules: readonly KeptRule[], account: string, date: string): StatementEffect[] {
  return takeAll(rules, STATEMENT_EFFECTS, (when) => textFits(when.account, account) && textFits(when.date, date));
}

function takeAll<Effect extends BankEffect>(
  rules: readonly KeptRule[],
  kinds: readonly Effect["kind"][],
  fits: (when: RuleCondition) => boolean,
): Effect[] {
  const hits = rules.filter((kept) => isOneOf(kinds, kept.rule.do) && hasUsesLeft(kept) && fits(kept.rule.when));
  for (const hit of hits) hit.used += 1;
  return hits.map((hit) => hit.rule.do as Effect);
}

function isOneOf(kinds: readonly string[], effect: BankEffect): boolean {
  return kinds.includes(effect.kind);
}

function hasUsesLeft(kept: KeptRule): boolean {
  return kept.rule.times === undefined || kept.used < kept.rule.times;
}

function fitsTransfer(when: RuleCondition, facts: TransferFacts): boolean {
  return (
    textFits(when.endToEndId, facts.endToEndId) &&
    textFits(when.creditorIban, facts.creditorIban) &&
    textFits(when.creditorName, facts.creditorName) &&
    textFits(when.messageId, facts.messageId) &&
    textFits(when.amountMinor, facts.amountMinor) &&
    (when.nth === undefined || when.nth === facts.position) &&
    (when.everyNth === undefined || facts.serial % when.everyNth === 0)
  );
}

/** Every kind of effect a rule may name: the control server refuses others. */
export const BANK_EFFECTS: readonly string[] = [...TRANSFER_EFFECTS, ...ANSWER_EFFECTS, ...STATEMENT_EFFECTS];
