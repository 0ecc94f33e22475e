/** The sandbox bank's answers: pain.002.001.10 as text. */
import { unsignedText } from "./cents.ts";
import type { JudgedOrder, JudgedPayment, JudgedTransfer, Reason } from "./examine-order.ts";
import type { OrderMessage } from "./pain001-reader.ts";
import { leaf, node, xmlDocument } from "./xml-text.ts";

const NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10";

export interface ReportHeader {
  readonly messageId: string;
  /** ISO 8601 with zone, e.g. `2026-11-20T02:30:00.000Z`. */
  readonly createdAt: string;
}

/** The answer to a file that could be read: group, payments, and every transfer that is not simply accepted. */
export function orderReport(header: ReportHeader, order: JudgedOrder): string {
  return report(header, groupStatus(order.message, order.status, order.reason), ...order.payments.map(paymentStatus));
}

/** The file is well-formed and its sender known (ACTC); nothing is said about its transfers yet. */
export function acknowledgement(header: ReportHeader, message: OrderMessage): string {
  return report(header, groupStatus(message, "ACTC", undefined));
}

function groupStatus(message: OrderMessage, status: string, reason: Reason | undefined): string {
  return node(
    "OrgnlGrpInfAndSts",
    leaf("OrgnlMsgId", message.messageId),
    leaf("OrgnlMsgNmId", message.version),
    leaf("OrgnlCreDtTm", isDateTime(message.createdAt) ? message.createdAt : undefined),
    leaf("OrgnlNbOfTxs", /^\d{1,15}$/.test(message.count) ? message.count : undefined),
    leaf("OrgnlCtrlSum", /^\d{1,15}(\.\d{1,2})?$/.test(message.controlSum ?? "") ? message.controlSum : undefined),
    leaf("GrpSts", status),
    reasonInformation(reason),
  );
}

/** The answer to a file that could not be read (FF01). The message id is told when it was seen before the fault. */
export function unreadableReport(header: ReportHeader, messageId: string | undefined, info: string): string {
  return report(
    header,
    node(
      "OrgnlGrpInfAndSts",
      leaf("OrgnlMsgId", messageId ?? "NOTPROVIDED"),
      leaf("OrgnlMsgNmId", "pain.001"),
      leaf("GrpSts", "RJCT"),
      reasonInformation({ code: "FF01", info }),
    ),
  );
}

export interface LateRejection {
  readonly messageId: string;
  readonly paymentId: string;
  readonly instructionId?: string;
  readonly endToEndId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: Reason;
}

/** A rejection that follows an earlier acceptance: one file a message, without a group status, as banks send it. */
export function lateReport(header: ReportHeader, messageId: string, late: readonly LateRejection[]): string {
  const paymentIds = [...new Set(late.map(({ paymentId }) => paymentId))];
  return report(
    header,
    node("OrgnlGrpInfAndSts", leaf("OrgnlMsgId", messageId), leaf("OrgnlMsgNmId", "pain.001")),
    ...paymentIds.map((paymentId) =>
      node(
        "OrgnlPmtInfAndSts",
        leaf("OrgnlPmtInfId", paymentId),
        ...late.filter((one) => one.paymentId === paymentId).map(lateTransfer),
      ),
    ),
  );
}

/** The BIC of a head office ends in three X (ISO 9362); this one is of no real bank. */
function report(header: ReportHeader, ...parts: readonly string[]): string {
  return xmlDocument(
    NAMESPACE,
    node(
      "CstmrPmtStsRpt",
      node(
        "GrpHdr",
        leaf("MsgId", header.messageId),
        leaf("CreDtTm", header.createdAt),
        node("DbtrAgt", node("FinInstnId", leaf("BICFI", "SNDBXXPPXXX"))),
      ),
      ...parts,
    ),
  );
}

function paymentStatus(payment: JudgedPayment): string {
  const isRefusedWhole = payment.reason !== undefined;
  const told = isRefusedWhole ? [] : payment.transfers.filter(({ status }) => status !== "ACCP");
  return node(
    "OrgnlPmtInfAndSts",
    leaf("OrgnlPmtInfId", payment.ordered.id),
    leaf("OrgnlNbOfTxs", String(payment.transfers.length)),
    leaf("OrgnlCtrlSum", unsignedText(sumOf(payment.transfers))),
    leaf("PmtInfSts", payment.status),
    reasonInformation(payment.reason),
    ...(payment.status === "PART" ? ["ACCP", "ACSP", "RJCT"].map((status) => perStatus(payment, status)) : []),
    ...told.map(transferStatus),
  );
}

function perStatus(payment: JudgedPayment, status: string): string {
  const transfers = payment.transfers.filter((transfer) => transfer.status === status);
  if (transfers.length === 0) return "";
  return node(
    "NbOfTxsPerSts",
    leaf("DtldNbOfTxs", String(transfers.length)),
    leaf("DtldSts", status),
    leaf("DtldCtrlSum", unsignedText(sumOf(transfers))),
  );
}

function transferStatus({ ordered, status, reason, serial, amountMinor }: JudgedTransfer): string {
  return node(
    "TxInfAndSts",
    leaf("StsId", `SBXTX${String(serial).padStart(9, "0")}`),
    leaf("OrgnlInstrId", ordered.instructionId),
    leaf("OrgnlEndToEndId", ordered.endToEndId),
    leaf("TxSts", status),
    reasonInformation(reason),
    originalAmount(amountMinor, ordered.currency),
  );
}

function lateTransfer(late: LateRejection): string {
  return node(
    "TxInfAndSts",
    leaf("OrgnlInstrId", late.instructionId),
    leaf("OrgnlEndToEndId", late.endToEndId),
    leaf("TxSts", "RJCT"),
    reasonInformation(late.reason),
    originalAmount(late.amountMinor, late.currency),
  );
}

function originalAmount(cents: bigint, currency: string): string {
  if (!/^[A-Z]{3}$/.test(currency)) return "";
  return node("OrgnlTxRef", node("Amt", leaf("InstdAmt", unsignedText(cents), ` Ccy="${currency}"`)));
}

function reasonInformation(reason: Reason | undefined): string {
  if (reason === undefined) return "";
  const info = reason.info?.trim();
  return node(
    "StsRsnInf",
    node("Rsn", leaf(reason.code.length <= 4 ? "Cd" : "Prtry", reason.code.slice(0, 35))),
    info === undefined || info === "" ? "" : leaf("AddtlInf", info.slice(0, 105)),
  );
}

function sumOf(transfers: readonly JudgedTransfer[]): bigint {
  return transfers.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

function isDateTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.test(text);
}
