/** The shapes of what the API answers. Only what stands here leaves. */

import { z } from "zod";
import { ORDER_LIFECYCLE, type OrderState } from "../domain/order.ts";
import { PAYABLE_KINDS, type PayableKind } from "../domain/payable.ts";
import { DETAILED_STATUS, type DetailedStatus } from "../domain/transaction.ts";
import { TRANSFER_LIFECYCLE, type TransferState } from "../domain/transfer.ts";

const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>) => Object.keys(table) as [Key, ...Key[]];

export const OrderStates = z.enum(keysOf<OrderState>(ORDER_LIFECYCLE));
export const TransferStates = z.enum(keysOf<TransferState>(TRANSFER_LIFECYCLE));
export const NotificationStates = z.enum(["PENDING", "DELIVERED", "FAILED"]);

const Minor = z
  .string()
  .regex(/^-?\d+$/)
  .describe("whole number of minor units of the currency, as text");
const Currency = z.string().length(3).describe("ISO 4217");
// What the store holds was checked on its way in: an answer describes it and never fails for it.
const Day = z.string().meta({ format: "date" });
const Instant = z.string().meta({ format: "date-time" });
const OrderStatuses = z.enum(["PAID", "RUNNING", "UNPAID", "ABANDONED"]);

const OrderSummary = z.object({
  ref: z.string(),
  amount: Minor,
  currency: Currency,
  state: OrderStates,
  orderStatus: OrderStatuses,
  orderCycle: z.enum(["OPEN", "CLOSED"]),
  createdAt: Instant,
});

const Item = z.object({
  ref: z.string(),
  name: z.string(),
  seller: z.string(),
  quantity: z.int(),
  amount: Minor,
  heldReason: z.string().nullable(),
});

const Transaction = z.object({
  ref: z.string(),
  status: OrderStatuses,
  detailedStatus: z.enum(keysOf<DetailedStatus>(DETAILED_STATUS)),
  amount: Minor,
  authorised: Minor,
  captured: Minor,
  cancelled: Minor,
  refunded: Minor,
  currency: Currency,
  captureOn: Day,
  authorisedAt: Instant.nullable(),
  honourUntil: Instant.nullable(),
  expiresAt: Instant.nullable(),
  capturedAt: Instant.nullable(),
});

const Operation = z.object({
  kind: z.enum(["CAPTURE", "CANCELLATION", "REFUND", "CHARGEBACK"]),
  ref: z.string(),
  transaction: z.string(),
  amount: Minor,
  currency: Currency,
  state: z.enum(["CREATED", "REQUESTED", "SUCCEEDED", "FAILED", "UNKNOWN", "CANCELLED"]),
  businessDate: Day,
  failure: z.string().nullable(),
});

const TransferLink = z.object({ endToEndId: z.string(), state: TransferStates });

const Part = z.object({
  kind: z.enum(Object.keys(PAYABLE_KINDS) as [PayableKind, ...PayableKind[]]),
  gross: Minor,
  fee: Minor,
  net: Minor,
  currency: Currency,
  availableOn: Day,
});

export const Order = OrderSummary.extend({
  items: z.array(Item),
  transactions: z.array(Transaction),
  operations: z.array(Operation),
  payables: z.array(Part.extend({ seller: z.string(), transfer: TransferLink.nullable() })),
  transfers: z.array(TransferLink),
});

const TransferSummary = z.object({
  endToEndId: z.string(),
  seller: z.string(),
  amount: Minor,
  currency: Currency,
  state: TransferStates,
  reason: z.string().nullable(),
  businessDate: Day,
  file: z.string().nullable(),
  executedOn: Day.nullable(),
  changedAt: Instant,
});

const Change = z.object({ sequence: z.int(), status: z.string(), detail: z.string().nullable(), occurredAt: Instant });

export const Transfer = TransferSummary.extend({
  creditor: z.object({ name: z.string().nullable(), iban: z.string().nullable().describe("masked") }),
  remittance: z.string().nullable(),
  bankStatus: z.string().nullable(),
  parts: z.array(Part.extend({ order: z.string().nullable(), item: z.string().nullable() })),
  history: z.array(Change),
});

export const Balances = z.object({
  seller: z.string(),
  onboarding: z.string(),
  balances: z.array(
    z.object({
      currency: Currency,
      pending: Minor,
      available: Minor.describe("negative: a debt that the next settlement carries"),
      held: Minor,
      reserved: Minor,
      inTransit: Minor,
      fees: Minor.describe("the operator's fees; 0 for other sellers"),
      paid: Minor,
    }),
  ),
});

const NotificationSummary = z.object({
  id: z.string().describe("the `webhook-id` of its calls"),
  endpoint: z.string(),
  kind: z.string(),
  ref: z.string(),
  sequence: z.int(),
  status: z.string(),
  detail: z.string().nullable(),
  occurredAt: Instant,
  state: NotificationStates,
  attempts: z.int(),
  nextAttemptAt: Instant.nullable(),
});

export const Notification = NotificationSummary.extend({
  deliveries: z.array(
    z.object({
      attempt: z.int(),
      outcome: z.string(),
      httpStatus: z.int().nullable(),
      error: z.string().nullable(),
      durationMs: z.int(),
      attemptedAt: Instant,
    }),
  ),
});

const next = z.string().nullable().describe("`after` of the next page; null at the end");
export const OrderPage = z.object({ records: z.array(OrderSummary), next });
export const TransferPage = z.object({ records: z.array(TransferSummary), next });
export const NotificationPage = z.object({ records: z.array(NotificationSummary), next });

export const Imported = z.object({ ok: z.literal(true), counts: z.record(z.string(), z.int()) });

/** What every refusal looks like. */
export const Refusal = z.object({
  ok: z.literal(false),
  findings: z.array(z.object({ code: z.string(), where: z.string(), found: z.string(), expected: z.string() })),
});
