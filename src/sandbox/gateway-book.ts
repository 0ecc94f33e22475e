/** The sandbox gateway's books: authorisations, the operations on them, and the rules no operation may break. */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";

export interface NewAuthorisation {
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly orderRef: string;
  readonly token?: string;
}

export type FollowUpKind = "capture" | "cancellation" | "refund";

export interface NewOperation {
  readonly kind: FollowUpKind;
  readonly reference: string;
  readonly amount: bigint;
  readonly currency?: string;
  readonly sellerRef?: string;
  readonly fee?: bigint;
}

/** Amounts are minor units as text, as everywhere on the gateway's wire. */
export interface BookedOperation {
  readonly operationId: string;
  readonly authorisationId: string;
  readonly kind: FollowUpKind;
  readonly reference: string;
  readonly amount: string;
  readonly currency: string;
  readonly sellerRef?: string;
  readonly fee?: string;
  readonly status: "SUCCEEDED" | "REFUSED";
  /** Why it was refused. */
  readonly code?: string;
  readonly at: string;
}

export interface BookedAuthorisation {
  readonly authorisationId: string;
  readonly reference: string;
  readonly orderRef: string;
  readonly token?: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: "AUTHORISED" | "REFUSED";
  readonly code?: string;
  readonly authorisedAt: string;
  readonly honourUntil: string;
  readonly expiresAt: string;
}

interface Kept {
  readonly authorisation: BookedAuthorisation;
  readonly operations: BookedOperation[];
  captured: bigint;
  cancelled: bigint;
  refunded: bigint;
}

type Line =
  | { readonly kind: "authorisation"; readonly digest: string; readonly value: BookedAuthorisation }
  | { readonly kind: "operation"; readonly digest: string; readonly value: BookedOperation };

/** What an operation came to. `repeated`: the reference was known with the same content, nothing happened now. */
export type Outcome<Value> =
  | { readonly kind: "done"; readonly value: Value; readonly repeated: boolean }
  | { readonly kind: "differs" }
  | { readonly kind: "unknown" };

/** Kept as one line of JSON per event; a line torn by a kill is cut off at the next start. */
export class GatewayBook {
  readonly #byId = new Map<string, Kept>();
  readonly #references = new Map<string, { digest: string; value: BookedAuthorisation | BookedOperation }>();
  readonly #stateFile: string | undefined;

  constructor(stateFile?: string) {
    this.#stateFile = stateFile;
    if (stateFile === undefined || !existsSync(stateFile)) return;
    const text = readFileSync(stateFile, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) truncateSync(stateFile, Buffer.byteLength(whole));
    for (const line of whole.split("\n")) if (line !== "") this.#apply(JSON.parse(line) as Line);
  }

  /** Books an authorisation under its reference. `refusedFor` makes it REFUSED, with that code. */
  authorise(
    order: NewAuthorisation,
    times: { readonly at: Date; readonly honourUntil: Date; readonly expiresAt: Date },
    refusedFor?: string,
    id?: string,
  ): Outcome<BookedAuthorisation> {
    const digest = digestOf(["authorisation", order.amount, order.currency, order.orderRef, order.token]);
    const known = this.#references.get(order.reference);
    if (known !== undefined) return repeatOf<BookedAuthorisation>(known, digest);
    const authorisationId = id ?? `auth-${String(this.#byId.size + 1).padStart(8, "0")}`;
    if (this.#byId.has(authorisationId)) return { kind: "differs" };
    const value: BookedAuthorisation = {
      authorisationId,
      reference: order.reference,
      orderRef: order.orderRef,
      ...(order.token === undefined ? {} : { token: order.token }),
      amount: String(order.amount),
      currency: order.currency,
      status: refusedFor === undefined ? "AUTHORISED" : "REFUSED",
      ...(refusedFor === undefined ? {} : { code: refusedFor }),
      authorisedAt: times.at.toISOString(),
      honourUntil: times.honourUntil.toISOString(),
      expiresAt: times.expiresAt.toISOString(),
    };
    this.#write({ kind: "authorisation", digest, value });
    return { kind: "done", value, repeated: false };
  }

  /** Books a capture, cancellation or refund, or its refusal; both are final under the reference. */
  operate(authorisationId: string, order: NewOperation, now: Date, declinedFor?: string): Outcome<BookedOperation> {
    const kept = this.#byId.get(authorisationId);
    if (kept === undefined) return { kind: "unknown" };
    const digest = digestOf([order.kind, authorisationId, order.amount, order.currency, order.sellerRef, order.fee]);
    const known = this.#references.get(order.reference);
    if (known !== undefined) return repeatOf<BookedOperation>(known, digest);
    const code = declinedFor ?? refusalOf(kept, order, now);
    const value: BookedOperation = {
      operationId: `op-${digestOf([order.reference]).slice(0, 16)}`,
      authorisationId,
      kind: order.kind,
      reference: order.reference,
      amount: String(order.amount),
      currency: kept.authorisation.currency,
      ...(order.sellerRef === undefined ? {} : { sellerRef: order.sellerRef }),
      ...(order.fee === undefined ? {} : { fee: String(order.fee) }),
      status: code === undefined ? "SUCCEEDED" : "REFUSED",
      ...(code === undefined ? {} : { code }),
      at: now.toISOString(),
    };
    this.#write({ kind: "operation", digest, value });
    return { kind: "done", value, repeated: false };
  }

  /** True when the reference is booked already: a repeat is answered as it stands, whatever the rules say now. */
  knows(reference: string): boolean {
    return this.#references.has(reference);
  }

  byReference(reference: string): BookedAuthorisation | BookedOperation | undefined {
    return this.#references.get(reference)?.value;
  }

  authorisation(id: string):
    | (BookedAuthorisation & {
        readonly captured: string;
        readonly cancelled: string;
        readonly refunded: string;
        readonly operations: Readonly<Record<string, BookedOperation>>;
      })
    | undefined {
    const kept = this.#byId.get(id);
    if (kept === undefined) return undefined;
    return {
      ...kept.authorisation,
      captured: String(kept.captured),
      cancelled: String(kept.cancelled),
      refunded: String(kept.refunded),
      operations: Object.fromEntries(kept.operations.map((operation) => [operation.reference, operation])),
    };
  }

  /** Every operation of that kind that succeeded, in the order it came. */
  succeeded(kind: FollowUpKind): BookedOperation[] {
    return [...this.#byId.values()].flatMap(({ operations }) =>
      operations.filter((operation) => operation.kind === kind && operation.status === "SUCCEEDED"),
    );
  }

  #write(line: Line): void {
    if (this.#stateFile !== undefined) appendFileSync(this.#stateFile, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    this.#apply(line);
  }

  #apply({ kind, digest, value }: Line): void {
    this.#references.set(value.reference, { digest, value });
    if (kind === "authorisation") {
      this.#byId.set(value.authorisationId, {
        authorisation: value,
        operations: [],
        captured: 0n,
        cancelled: 0n,
        refunded: 0n,
      });
      return;
    }
    const kept = this.#byId.get(value.authorisationId);
    if (kept === undefined) return;
    kept.operations.push(value);
    if (value.status === "SUCCEEDED") kept[AMOUNT_OF[value.kind]] += BigInt(value.amount);
  }
}

const AMOUNT_OF = { capture: "captured", cancellation: "cancelled", refund: "refunded" } as const;

/** What can be captured is authorised - captured - cancelled, until `expiresAt`; what can be refunded was captured. */
function refusalOf(kept: Kept, order: NewOperation, now: Date): string | undefined {
  const { authorisation, captured, cancelled, refunded } = kept;
  if (authorisation.status !== "AUTHORISED") return "NOT_AUTHORISED";
  if (order.currency !== undefined && order.currency !== authorisation.currency) return "CURRENCY_DIFFERS";
  if (order.kind === "refund") return order.amount > captured - refunded ? "AMOUNT_TOO_HIGH" : undefined;
  if (order.kind === "capture" && now.toISOString() >= authorisation.expiresAt) return "AUTHORISATION_EXPIRED";
  return order.amount > BigInt(authorisation.amount) - captured - cancelled ? "AMOUNT_TOO_HIGH" : undefined;
}

function repeatOf<Value extends BookedAuthorisation | BookedOperation>(
  known: { readonly digest: string; readonly value: BookedAuthorisation | BookedOperation },
  digest: string,
): Outcome<Value> {
  // Equal digests mean equal kinds, for the kind is the first part of what is digested.
  return known.digest === digest ? { kind: "done", value: known.value as Value, repeated: true } : { kind: "differs" };
}

function digestOf(parts: readonly (string | bigint | undefined)[]): string {
  const text = JSON.stringify(parts.map((part) => (part === undefined ? null : String(part))));
  return createHash("sha256").update(text).digest("hex");
}
