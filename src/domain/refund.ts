/** A refund: money given back on a captured transaction, on behalf of one seller. */
import type { Lifecycle } from "./lifecycle.ts";

export type RefundState = "CREATED" | "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELLED";

export const REFUND_LIFECYCLE = {
  CREATED: { start: "PENDING", succeed: "SUCCEEDED", fail: "FAILED", cancel: "CANCELLED" },
  PENDING: { succeed: "SUCCEEDED", fail: "FAILED" },
  SUCCEEDED: {},
  FAILED: {},
  CANCELLED: {},
} as const satisfies Lifecycle<RefundState>;

/** Capture, cancellation: one call to the gateway, whose outcome may stay unknown until it is looked up. */
export type OperationState = "CREATED" | "REQUESTED" | "SUCCEEDED" | "FAILED" | "UNKNOWN";

export const OPERATION_LIFECYCLE = {
  CREATED: { request: "REQUESTED", succeed: "SUCCEEDED", fail: "FAILED" },
  REQUESTED: { succeed: "SUCCEEDED", fail: "FAILED", doubt: "UNKNOWN" },
  UNKNOWN: { succeed: "SUCCEEDED", fail: "FAILED", request: "REQUESTED" },
  SUCCEEDED: {},
  FAILED: {},
} as const satisfies Lifecycle<OperationState>;
