import { describe, expect, it } from "vitest";
import { fileProgress } from "../../src/domain/file-progress.ts";
import { EXCEPTION_LIFECYCLE, INBOUND_FILE_LIFECYCLE } from "../../src/domain/inbound-file.ts";
import { type Lifecycle, statesAccepting, transition } from "../../src/domain/lifecycle.ts";
import { afterExpiry, afterOperation } from "../../src/domain/operation-effect.ts";
import { consolidateOrder, ORDER_LIFECYCLE } from "../../src/domain/order.ts";
import { OPERATION_LIFECYCLE, REFUND_LIFECYCLE } from "../../src/domain/refund.ts";
import { ONBOARDING_LIFECYCLE } from "../../src/domain/seller.ts";
import { DETAILED_STATUS, TRANSACTION_LIFECYCLE, type TransactionStatus } from "../../src/domain/transaction.ts";
import { TRANSFER_LIFECYCLE, type TransferState } from "../../src/domain/transfer.ts";
import { TRANSFER_FILE_LIFECYCLE } from "../../src/domain/transfer-file.ts";

const TABLES: Readonly<Record<string, { readonly table: Lifecycle; readonly begins: readonly string[] }>> = {
  order: { table: ORDER_LIFECYCLE, begins: ["CREATED"] },
  transaction: {
    table: TRANSACTION_LIFECYCLE,
    // What a gateway reports first, besides INITIAL.
    begins: [
      "INITIAL",
      "WAITING_FOR_PAYMENT",
      "PENDING",
      "WAITING_AUTHORISATION",
      "WAITING_AUTHORISATION_TO_VALIDATE",
      "ACCEPTED",
      "PRE_AUTHORISED",
    ],
  },
  operation: { table: OPERATION_LIFECYCLE, begins: ["CREATED"] },
  refund: { table: REFUND_LIFECYCLE, begins: ["CREATED"] },
  transfer: { table: TRANSFER_LIFECYCLE, begins: ["SCHEDULED"] },
  "transfer file": { table: TRANSFER_FILE_LIFECYCLE, begins: ["AWAITING_APPROVAL"] },
  "inbound file": { table: INBOUND_FILE_LIFECYCLE, begins: ["RECEIVED"] },
  exception: { table: EXCEPTION_LIFECYCLE, begins: ["OPEN"] },
  onboarding: { table: ONBOARDING_LIFECYCLE, begins: ["CREATED"] },
};

describe.each(Object.entries(TABLES))("the lifecycle of a %s", (_name, { table, begins }) => {
  it("reaches each of its states", () => {
    const reached = new Set(begins);
    for (const state of reached)
      for (const next of Object.values(table[state] ?? {})) if (next !== undefined) reached.add(next);
    expect([...reached].sort()).toEqual(Object.keys(table).sort());
  });
});

describe("a transition", () => {
  it("is what the table says", () => {
    expect(transition(TRANSFER_LIFECYCLE, "transfer T", "SENT", "book")).toBe("EXECUTED");
    expect(statesAccepting(TRANSFER_LIFECYCLE, "book")).toEqual(["SENT", "ACCEPTED"]);
  });

  it("is refused where the cell is missing, and says what would be possible", () => {
    expect(() => transition(TRANSFER_LIFECYCLE, "transfer T", "SCHEDULED", "book")).toThrow(
      /transfer T, found book in SCHEDULED, expected file or hold or cancel/,
    );
    expect(() => transition(TRANSFER_LIFECYCLE, "transfer T", "RETURNED", "reject")).toThrow(/the state is final/);
  });
});

describe("the statuses of a transaction (seed 003)", () => {
  it.each<[TransactionStatus, readonly string[]]>([
    ["PAID", ["ACCEPTED", "AUTHORISED", "CAPTURED", "PRE_AUTHORISED"]],
    [
      "RUNNING",
      [
        "AUTHORISED_TO_VALIDATE",
        "WAITING_AUTHORISATION",
        "WAITING_AUTHORISATION_TO_VALIDATE",
        "WAITING_FOR_PAYMENT",
        "UNDER_VERIFICATION",
        "PENDING",
        "INITIAL",
      ],
    ],
    ["UNPAID", ["REFUSED", "ERROR", "CAPTURE_FAILED", "CANCELLED", "EXPIRED"]],
  ])("%s is what %j stand for", (status, detailed) => {
    const found = Object.entries(DETAILED_STATUS).filter(([, row]) => row.status === status);
    expect(found.map(([name]) => name).sort()).toEqual([...detailed].sort());
  });

  it("is final in every status that leads nowhere", () => {
    for (const [status, { final }] of Object.entries(DETAILED_STATUS)) {
      const cells = TRANSACTION_LIFECYCLE[status as keyof typeof TRANSACTION_LIFECYCLE];
      expect([status, Object.keys(cells).length === 0]).toEqual([status, final]);
    }
  });
});

describe("an order", () => {
  it.each<[readonly TransactionStatus[], string, string]>([
    [["PAID"], "PAID", "CLOSED"],
    [["PAID", "RUNNING"], "RUNNING", "OPEN"],
    [["UNPAID", "PAID"], "PAID", "CLOSED"],
    [["UNPAID"], "UNPAID", "CLOSED"],
    [["ABANDONED"], "ABANDONED", "CLOSED"],
    [[], "RUNNING", "OPEN"],
  ])("of transactions %j is %s and %s", (statuses, orderStatus, orderCycle) => {
    expect(consolidateOrder(statuses)).toMatchObject({ orderStatus, orderCycle });
  });
});

describe("an authorisation of 1000", () => {
  const fresh = {
    authorised: 1_000n,
    captured: 0n,
    cancelled: 0n,
    refunded: 0n,
    detailedStatus: "AUTHORISED",
  } as const;

  it("stays authorised while something of it is open, then is captured", () => {
    const part = afterOperation(fresh, "CAPTURE", 400n);
    expect(part.detailedStatus).toBe("AUTHORISED");
    expect(afterOperation(part, "CAPTURE", 600n).detailedStatus).toBe("CAPTURED");
    expect(afterOperation(part, "CANCELLATION", 600n).detailedStatus).toBe("CAPTURED");
    expect(afterOperation(fresh, "CANCELLATION", 1_000n).detailedStatus).toBe("CANCELLED");
  });

  it("expires, or keeps what was captured and gives back the rest", () => {
    expect(afterExpiry(fresh).detailedStatus).toBe("EXPIRED");
    expect(afterExpiry({ ...fresh, captured: 400n })).toMatchObject({ detailedStatus: "CAPTURED", cancelled: 600n });
  });
});

describe("a file with transfers", () => {
  it.each<[Partial<Record<TransferState, number>>, string | undefined]>([
    [{ IN_FILE: 3 }, undefined],
    [{ SENT: 3 }, undefined],
    [{ SENT: 2, ACCEPTED: 1 }, "ACKNOWLEDGED"],
    [{ ACCEPTED: 3 }, "ACCEPTED"],
    [{ ACCEPTED: 2, REJECTED: 1 }, "PARTIALLY_ACCEPTED"],
    [{ REJECTED: 3 }, "REJECTED"],
    [{ EXECUTED: 2, REJECTED: 1 }, "COMPLETED"],
    [{ EXECUTED: 2, RETURNED: 1 }, "COMPLETED"],
    [{ EXECUTED: 2, ACCEPTED: 1 }, "ACCEPTED"],
  ])("%j is %s", (states, progress) => {
    expect(fileProgress(new Map(Object.entries(states) as [TransferState, number][]))).toBe(progress);
  });
});
