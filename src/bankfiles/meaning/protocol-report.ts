/** EBICS protocols (HAC): reports about the transmission of an order, in the dress of a pain.002. */
import type { Pain002Document, Reason } from "../read/document.ts";
import { NOT_PROVIDED } from "./transaction-lookup.ts";

export interface ProtocolAction {
  /** The EBICS action, e.g. `FILE_UPLOAD`, `ES_VERIFICATION`, `ORDER_HAC_FINAL_POS`. */
  readonly action: string;
  readonly reasons: readonly Reason[];
}

export interface Protocol {
  readonly actions: readonly ProtocolAction[];
  /** Whether the order as a whole was taken, when the protocol says so. It is evidence, never a payment status. */
  readonly final?: "positive" | "negative";
}

/** True for a report that is not about a payment file: OrgnlMsgId or OrgnlMsgNmId is EBICS, or OrgnlMsgId is NOTPROVIDED. */
export function isProtocol(document: Pain002Document): boolean {
  const id = document.original.messageId?.trim().toUpperCase();
  const kind = document.original.kind?.trim().toUpperCase();
  return id === "EBICS" || id === NOT_PROVIDED || kind === "EBICS";
}

export function protocolOf(document: Pain002Document): Protocol {
  const actions = document.payments.map((payment) => ({
    action: payment.paymentInformationId?.trim() ?? "",
    reasons: [...payment.reasons, ...payment.transactions.flatMap((transaction) => transaction.reasons)],
  }));
  const names = new Set(actions.map(({ action }) => action.toUpperCase()));
  if (names.has("ORDER_HAC_FINAL_NEG")) return { actions, final: "negative" };
  return names.has("ORDER_HAC_FINAL_POS") ? { actions, final: "positive" } : { actions };
}
