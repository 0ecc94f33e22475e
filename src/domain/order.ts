/** An order of the marketplace: its lifecycle, and the status consolidated from its transactions. */
import type { Lifecycle } from "./lifecycle.ts";
import type { TransactionStatus } from "./transaction.ts";

export type OrderState = "CREATED" | "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELLED" | "ABANDONED";

/** Orders, their items and tokens share these states (seed 000, life cycles of the resources). */
export const ORDER_LIFECYCLE = {
  CREATED: { start: "PENDING", succeed: "SUCCEEDED", fail: "FAILED", cancel: "CANCELLED", abandon: "ABANDONED" },
  PENDING: { succeed: "SUCCEEDED", fail: "FAILED", cancel: "CANCELLED", abandon: "ABANDONED" },
  SUCCEEDED: {},
  FAILED: {},
  CANCELLED: {},
  ABANDONED: {},
} as const satisfies Lifecycle<OrderState>;

export type OrderCycle = "OPEN" | "CLOSED";
export type OrderStatus = TransactionStatus;

export interface Consolidation {
  readonly orderCycle: OrderCycle;
  readonly orderStatus: OrderStatus;
  readonly state: OrderState;
}

/** How the four counts of transactions make the order's status (seed 003, "Transaction et commande"). */
export function consolidateOrder(statuses: readonly TransactionStatus[]): Consolidation {
  if (statuses.includes("RUNNING")) return { orderCycle: "OPEN", orderStatus: "RUNNING", state: "PENDING" };
  if (statuses.includes("PAID")) return { orderCycle: "CLOSED", orderStatus: "PAID", state: "SUCCEEDED" };
  if (statuses.includes("UNPAID")) return { orderCycle: "CLOSED", orderStatus: "UNPAID", state: "FAILED" };
  if (statuses.includes("ABANDONED")) return { orderCycle: "CLOSED", orderStatus: "ABANDONED", state: "ABANDONED" };
  return { orderCycle: "OPEN", orderStatus: "RUNNING", state: "CREATED" };
}

/** How a marketplace takes payments for carts of several sellers (seed 001, "Integration modes"). */
export const INTEGRATION_MODES = ["MULTI_CAPTURE", "MULTI_AUTHORISATION", "PAYMENT_AND_REFUND"] as const;
export type IntegrationMode = (typeof INTEGRATION_MODES)[number];

/** External id of the operator where he sells himself (seed 001, SUBMERCHANTEXTERNALID). */
export const OPERATOR = "OPERATOR";
