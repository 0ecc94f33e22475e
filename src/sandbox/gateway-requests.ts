/** Reads the bodies the sandbox gateway accepts; every fault of a body is named. */
import type { FollowUpKind, NewAuthorisation, NewOperation } from "./gateway-book.ts";
import { GATEWAY_EFFECTS, type GatewayRule } from "./gateway-rule.ts";

export class RequestFault extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join("; "));
    this.faults = faults;
  }
}

/** An authorisation made elsewhere, e.g. by a shop's checkout, that a test or a demonstration plants. */
export interface RegisteredAuthorisation extends NewAuthorisation {
  readonly authorisationId?: string;
  readonly authorisedAt?: Date;
  readonly honourUntil?: Date;
  readonly expiresAt?: Date;
}

export function readAuthorisation(body: unknown): NewAuthorisation {
  const reader = new BodyReader(body);
  const order = authorisationOf(reader);
  reader.check();
  return order;
}

export function readRegistered(body: unknown): RegisteredAuthorisation {
  const reader = new BodyReader(body);
  const id = reader.optionalText("authorisationId");
  const registered = {
    ...authorisationOf(reader),
    ...(id === undefined ? {} : { authorisationId: id }),
    ...reader.optionalDate("authorisedAt"),
    ...reader.optionalDate("honourUntil"),
    ...reader.optionalDate("expiresAt"),
  };
  reader.check();
  return registered;
}

export function readOperation(kind: FollowUpKind, body: unknown): NewOperation {
  const reader = new BodyReader(body);
  const currency = reader.optionalText("currency");
  const sellerRef = reader.optionalText("sellerRef");
  const fee = reader.optionalText("fee") === undefined ? undefined : reader.minor("fee", 0n);
  const order: NewOperation = {
    kind,
    reference: reader.text("reference"),
    amount: reader.minor("amount", 1n),
    ...(currency === undefined ? {} : { currency }),
    ...(sellerRef === undefined ? {} : { sellerRef }),
    ...(fee === undefined ? {} : { fee }),
  };
  if (kind === "capture" && currency === undefined) reader.fault("currency: expected an ISO 4217 code");
  reader.check();
  return order;
}

export function readRules(body: unknown): GatewayRule[] {
  const rules = (body as { rules?: unknown } | null)?.rules;
  const isRule = (rule: unknown): rule is GatewayRule => {
    const { when, do: effect } = (rule ?? {}) as { when?: unknown; do?: { kind?: unknown } };
    return typeof when === "object" && when !== null && GATEWAY_EFFECTS.includes(String(effect?.kind));
  };
  if (!Array.isArray(rules) || !rules.every(isRule)) {
    throw new RequestFault([`rules: expected a list of { when, do: { kind: ${GATEWAY_EFFECTS.join(" | ")} } }`]);
  }
  return rules;
}

function authorisationOf(reader: BodyReader): NewAuthorisation {
  const token = reader.optionalText("token");
  return {
    reference: reader.text("reference"),
    amount: reader.minor("amount", 1n),
    currency: reader.text("currency", /^[A-Z]{3}$/),
    orderRef: reader.text("orderRef"),
    ...(token === undefined ? {} : { token }),
  };
}

class BodyReader {
  readonly #body: Readonly<Record<string, unknown>>;
  readonly #faults: string[] = [];

  constructor(body: unknown) {
    this.#body = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  }

  text(name: string, pattern = /^[^\p{Cc}]{1,255}$/u): string {
    const value = this.#body[name];
    if (typeof value === "string" && pattern.test(value)) return value;
    this.fault(`${name}: expected a text such as ${pattern}`);
    return "";
  }

  optionalText(name: string): string | undefined {
    return this.#body[name] === undefined || this.#body[name] === null ? undefined : this.text(name);
  }

  /** Amounts are texts of integers: JSON numbers would lose digits without a word. */
  minor(name: string, least: bigint): bigint {
    const value = this.#body[name];
    if (typeof value === "string" && /^\d{1,18}$/.test(value) && BigInt(value) >= least) return BigInt(value);
    this.fault(`${name}: expected minor units as a text of digits, ${least} or more`);
    return 0n;
  }

  optionalDate<Name extends string>(name: Name): { readonly [Key in Name]?: Date } {
    const text = this.optionalText(name);
    if (text === undefined) return {};
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) this.fault(`${name}: expected a time such as 2026-11-20T02:30:00Z`);
    return { [name]: date } as { readonly [Key in Name]?: Date };
  }

  fault(words: string): void {
    this.#faults.push(words);
  }

  check(): void {
    if (this.#faults.length > 0) throw new RequestFault(this.#faults);
  }
}
