/** What to do next about a bank's reason code: the fix, who does it, and whether the engine may try again by itself. */
import data from "./data/reason-codes.json" with { type: "json" };

/** Every answer to "the bank said no": whose turn it is and what has to happen before money moves again. */
export const NEXT_STEPS = {
  FIX_ACCOUNT: {
    owner: "seller",
    retry: "after the fix",
    says: "the payee's account, bank or name has to be corrected",
  },
  FIX_FILE: { owner: "engineer", retry: "after the fix", says: "the file or the bank profile has to be corrected" },
  FIX_OWN_SIDE: {
    owner: "operator",
    retry: "after the fix",
    says: "our own account, rights or signatures at the bank have to be put right",
  },
  ADD_FUNDS: { owner: "operator", retry: "after the fix", says: "the debtor account needs money" },
  REDUCE_AMOUNT: {
    owner: "operator",
    retry: "after the fix",
    says: "the amount is outside a limit: agree another limit or split the payout",
  },
  WAIT_AND_RETRY: {
    owner: "engine",
    retry: "later",
    says: "the bank or the clearing was not available; pay again in a later file",
  },
  CHECK_DUPLICATE: {
    owner: "operator",
    retry: "never by itself",
    says: "the bank has seen this already: find the first one before paying again",
  },
  STOP_AND_ASK: {
    owner: "operator",
    retry: "never by itself",
    says: "a person has to find out why before anything is paid again",
  },
  NOTHING: { owner: "nobody", retry: "never by itself", says: "information only: nothing was refused" },
} as const satisfies Record<
  string,
  { owner: string; retry: "after the fix" | "later" | "never by itself"; says: string }
>;

export type NextStep = keyof typeof NEXT_STEPS;

export interface ReasonCode {
  readonly code: string;
  /** ISO name, or `Unknown` for a code of the bank's own. */
  readonly name: string;
  readonly next: NextStep;
  readonly known: boolean;
}

/** A refusal in a pain.002 (`status`) or money that came back in a statement (`return`): a few codes differ. */
export type ReasonUse = "status" | "return";

interface ReasonRow {
  readonly name: string;
  readonly next: string;
  readonly returnName?: string;
  readonly returnNext?: string;
  readonly in: readonly string[];
}

const ROWS: ReadonlyMap<string, ReasonRow> = new Map(Object.entries(data.codes));

/**
 * What a code asks for. Banks hide reasons (privacy), use codes of their own or give none: all of these are STOP_AND_ASK,
 * never an automatic second payment. Classification: our own, on the ISO external code sets of status and return reasons.
 */
export function reasonCode(code: string | undefined, use: ReasonUse = "status"): ReasonCode {
  const key = code?.trim().toUpperCase() ?? "";
  const row = ROWS.get(key);
  if (row === undefined) return { code: key, name: "Unknown", next: "STOP_AND_ASK", known: false };
  const name = (use === "return" ? row.returnName : undefined) ?? row.name;
  const next = (use === "return" ? row.returnNext : undefined) ?? row.next;
  return { code: key, name, next: isNextStep(next) ? next : "STOP_AND_ASK", known: true };
}

export function isNextStep(text: string): text is NextStep {
  return Object.hasOwn(NEXT_STEPS, text);
}

/** All codes, sorted, as documentation and the console show them. */
export function allReasonCodes(use: ReasonUse): readonly ReasonCode[] {
  return [...ROWS.entries()].filter(([, row]) => row.in.includes(use)).map(([code]) => reasonCode(code, use));
}
