/** The port to a payment gateway: the few calls the engine makes, and every way each of them can end. */

/** Amounts are minor units of the currency. */
export interface AuthorisationRequest {
  /** The caller's id of this operation and its idempotency key: unique for ever at the gateway. */
  readonly reference: string;
  readonly orderRef: string;
  readonly amount: bigint;
  readonly currency: string;
  /** Alias of a means of payment, never a card number. */
  readonly token?: string;
}

export interface OperationRequest {
  readonly authorisationId: string;
  /** The caller's id of this operation and its idempotency key: unique for ever at the gateway. */
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: string;
}

export interface CaptureRequest extends OperationRequest {
  /** The sub-merchant for whom this part is captured. */
  readonly sellerRef?: string;
  /** The operator's fee inside the amount. */
  readonly fee?: bigint;
}

export interface RefundRequest extends OperationRequest {
  readonly sellerRef?: string;
}

export interface Authorised {
  readonly authorisationId: string;
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: string;
  /** Until then a capture is guaranteed. */
  readonly honourUntil: Date;
  /** From then on a capture is impossible. */
  readonly expiresAt: Date;
}

export interface Operated {
  readonly operationId: string;
  readonly authorisationId: string;
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly at: Date;
}

/** The gateway has decided: repeating the call would give the same answer. */
export interface Refused {
  readonly kind: "refused";
  /** The gateway's own code, e.g. `AMOUNT_TOO_HIGH`. */
  readonly code: string;
  readonly message: string;
}

export type UnknownReason =
  | "NO_ANSWER_IN_TIME"
  | "CONNECTION_LOST"
  | "SERVER_ERROR"
  | "ANSWER_UNREADABLE"
  /** The answer speaks of another reference, amount or currency than was asked. */
  | "ANSWER_DIFFERS";

/**
 * The request has left and nobody can say what became of it. It may have been done. Look it up by `find` with the same
 * reference before anything else; never ask again under another reference.
 */
export interface Unknown {
  readonly kind: "unknown";
  readonly why: UnknownReason;
}

export type GatewayResult<Value> =
  /** `repeated`: the reference was known with the same content, and this is what it came to the first time. */
  { readonly kind: "done"; readonly value: Value; readonly repeated: boolean } | Refused | Unknown;

/** What the gateway has under a reference. */
export type Found =
  | { readonly kind: "authorised"; readonly value: Authorised }
  | { readonly kind: "operated"; readonly value: Operated }
  | Refused
  /** Nothing. A request that was lost a moment ago may still be on its way: repeat it with the same reference only. */
  | { readonly kind: "absent" }
  | Unknown;

/**
 * Every call throws GATEWAY_UNREACHABLE when the request certainly never left or was turned away unread (try later),
 * GATEWAY_REFUSED when the gateway does not accept our key, and DUPLICATE_DIFFERS when the reference is known with other
 * content. Calls for one authorisation must not overlap: gateways refuse that, and serialising is the caller's task.
 */
export interface Gateway {
  authorise(request: AuthorisationRequest): Promise<GatewayResult<Authorised>>;
  capture(request: CaptureRequest): Promise<GatewayResult<Operated>>;
  cancel(request: OperationRequest): Promise<GatewayResult<Operated>>;
  refund(request: RefundRequest): Promise<GatewayResult<Operated>>;
  find(reference: string): Promise<Found>;
  close(): Promise<void>;
}
