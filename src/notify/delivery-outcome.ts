/** What came of one attempt to deliver a notification. */

/** Why no answer, or no good one, came. Codes only: a remote's own words never enter the delivery log. */
export type DeliveryFault =
  | "ADDRESS_FORBIDDEN"
  | "NAME_NOT_FOUND"
  | "CONNECTION_REFUSED"
  | "CONNECTION_LOST"
  | "TLS_FAILED"
  | "TIMEOUT"
  | "REDIRECTED"
  | "STATUS"
  | "REQUEST_INVALID";

export interface DeliveryAnswer {
  readonly status: number;
  readonly durationMs: number;
  /** From the answer's Retry-After header. */
  readonly retryAfterMs?: number;
}

export type DeliveryOutcome =
  | ({ readonly kind: "delivered" } & DeliveryAnswer)
  /** 410: the endpoint says that it wants nothing any more. */
  | ({ readonly kind: "gone" } & DeliveryAnswer)
  /** 429, 502, 504: the endpoint is overloaded and is to be called less. */
  | ({ readonly kind: "throttled"; readonly error: DeliveryFault } & DeliveryAnswer)
  | ({ readonly kind: "failed"; readonly error: DeliveryFault } & Partial<DeliveryAnswer> & { durationMs: number });
