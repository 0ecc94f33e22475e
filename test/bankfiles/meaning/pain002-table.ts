/** Builders of reports as values, for tables that a banker can read. */
import type { KnownFile } from "../../../src/bankfiles/meaning/payment-status.ts";
import type { Pain002Document, PaymentStatus, TransactionStatus } from "../../../src/bankfiles/read/document.ts";

/** Our file MSG-1: payment P1 with transfers A, B and payment P2 with transfer C, 10.00 EUR each. */
export const OUR_FILE: KnownFile = {
  messageId: "MSG-1",
  transfers: [
    { endToEndId: "A", instructionId: "I-A", paymentInformationId: "P1", amountMinor: 1000n, currency: "EUR" },
    { endToEndId: "B", instructionId: "I-B", paymentInformationId: "P1", amountMinor: 1000n, currency: "EUR" },
    { endToEndId: "C", instructionId: "I-C", paymentInformationId: "P2", amountMinor: 1000n, currency: "EUR" },
  ],
};

export const lookup = (messageId: string) => (messageId === OUR_FILE.messageId ? OUR_FILE : undefined);

/** `RJCT/AC04` is a status with its reason; an empty text is no status. */
function split(text: string): { status?: string; reasons: { code: string }[] } {
  const [status = "", code] = text.split("/");
  return { ...(status === "" ? {} : { status }), reasons: code === undefined ? [] : [{ code }] };
}

export function transaction(
  endToEndId: string,
  status: string,
  more: Partial<TransactionStatus> = {},
): TransactionStatus {
  return { endToEndId, ...split(status), ...more };
}

export function payment(
  paymentInformationId: string,
  status: string,
  rows: Record<string, string> = {},
): PaymentStatus {
  const transactions = Object.entries(rows).map(([endToEndId, text]) => transaction(endToEndId, text));
  return { ...(paymentInformationId === "" ? {} : { paymentInformationId }), ...split(status), transactions };
}

export function report(
  group: string,
  payments: readonly PaymentStatus[] = [],
  more: { createdAt?: string; messageId?: string; kind?: string; count?: string; sum?: string } = {},
): Pain002Document {
  const { createdAt = "2026-11-20T10:00:00Z", messageId = "MSG-1", ...original } = more;
  return {
    kind: "pain.002",
    version: "pain.002.001.10",
    messageId: "REPORT-1",
    createdAt,
    findings: [],
    original: { messageId, ...original, ...split(group) },
    payments,
  };
}
