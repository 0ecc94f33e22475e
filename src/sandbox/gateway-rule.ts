/** What the sandbox gateway may be told to do wrong, and the rules that say when. */
import { textFits } from "./text-fits.ts";

export const OPERATION_KINDS = ["authorisation", "capture", "cancellation", "refund"] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** All that are given must fit; texts are exact or hold `*` for any signs. */
export interface GatewayCondition {
  readonly kind?: OperationKind;
  readonly reference?: string;
  readonly authorisationId?: string;
  readonly orderRef?: string;
  readonly token?: string;
  readonly sellerRef?: string;
  /** Minor units as text. */
  readonly amount?: string;
}

export type GatewayEffect =
  /** A final refusal by the issuer, kept under the reference. */
  | { readonly kind: "decline"; readonly code: string }
  /** Status 500; `performed`: the operation was done all the same. */
  | { readonly kind: "error"; readonly performed: boolean }
  /** No answer, the connection stays open; `performed` as above. */
  | { readonly kind: "no-answer"; readonly performed: boolean }
  /** The connection is cut instead of an answer. */
  | { readonly kind: "cut"; readonly performed: boolean }
  /** Performed, and answered so much later. */
  | { readonly kind: "late"; readonly delayMs: number };

export const GATEWAY_EFFECTS: readonly string[] = [
  "decline",
  "error",
  "no-answer",
  "cut",
  "late",
] satisfies GatewayEffect["kind"][];

export interface GatewayRule {
  readonly when: GatewayCondition;
  readonly do: GatewayEffect;
  /** How often the rule may apply; absent: always. */
  readonly times?: number;
}

export type GatewayFacts = {
  readonly [Name in keyof GatewayCondition]?: GatewayCondition[Name] | undefined;
};

/** The rules in force with the count of their uses. */
export class GatewayBehaviour {
  #rules: { readonly rule: GatewayRule; used: number }[] = [];

  replace(rules: readonly GatewayRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, used: 0 }));
  }

  rules(): readonly GatewayRule[] {
    return this.#rules.map(({ rule }) => rule);
  }

  /** The effect of the first rule that fits; its use is counted. */
  take(facts: GatewayFacts): GatewayEffect | undefined {
    const hit = this.#rules.find(
      ({ rule, used }) => (rule.times === undefined || used < rule.times) && fits(rule.when, facts),
    );
    if (hit === undefined) return undefined;
    hit.used += 1;
    return hit.rule.do;
  }
}

function fits(when: GatewayCondition, facts: GatewayFacts): boolean {
  return Object.entries(when).every(([name, pattern]) => {
    const text = facts[name as keyof GatewayCondition];
    return text !== undefined && textFits(String(pattern), text);
  });
}
