/** pain.002, versions .03 to .14: where each value stands. */
import { attachFindings, checkAmount, checkCount, type Draft, REASON, reportMissing } from "./checked-value.ts";
import type { Party, PaymentStatus, Reason, StatusCount, TransactionStatus } from "./document.ts";
import { partyRows } from "./party-rows.ts";
import { part, type RecordMap, type RecordRow, type ValueRow, value } from "./record-map.ts";

export interface Pain002Draft {
  messageId?: string;
  createdAt?: string;
  readonly original: {
    messageId?: string;
    kind?: string;
    count?: string;
    sum?: string;
    status?: string;
    readonly reasons: Reason[];
    statusCounts?: StatusCount[];
  };
  readonly payments: PaymentStatus[];
}

interface PaymentDraft {
  readonly out: Draft<Omit<PaymentStatus, "reasons" | "transactions" | "statusCounts">> & {
    reasons: Reason[];
    transactions: TransactionStatus[];
    statusCounts?: StatusCount[];
  };
}

interface TransactionDraft {
  readonly out: Draft<Omit<TransactionStatus, "reasons" | "creditor">> & { reasons: Reason[]; creditor?: Draft<Party> };
}

function reasonsPart<D>(of: (draft: D) => Reason[]): RecordRow<D> {
  return part("StsRsnInf", REASON, (draft: D, reason) => {
    of(draft).push(reason.out);
  });
}

const STATUS_COUNT: RecordMap<Draft<StatusCount>> = {
  create: () => ({}),
  rows: [
    value("DtldSts", (draft, text) => {
      draft.status = text.trim();
    }),
    value("DtldNbOfTxs", (draft, text, field) => {
      checkCount(text, field);
      draft.count = text;
    }),
    value("DtldCtrlSum", (draft, text, field) => {
      checkAmount(text, field);
      draft.sum = text;
    }),
  ],
};

function statusCountsPart<D>(of: (draft: D) => { statusCounts?: StatusCount[] }): RecordRow<D> {
  return part("NbOfTxsPerSts", STATUS_COUNT, (draft: D, count) => {
    const into = of(draft);
    into.statusCounts ??= [];
    into.statusCounts.push(count);
  });
}

function originalAmount(path: string): ValueRow<TransactionDraft> {
  return value(path, (draft, text, field) => {
    checkAmount(text, field);
    draft.out.amount = text;
    const currency = field.currency();
    if (currency !== undefined) draft.out.currency = currency;
  });
}

const TRANSACTION: RecordMap<TransactionDraft> = {
  create: () => ({ out: { reasons: [] } }),
  rows: [
    value("OrgnlEndToEndId", (draft, text) => {
      draft.out.endToEndId = text;
    }),
    // `OrgnlInstrdId` is no name of ISO's, but banks write it.
    value(["OrgnlInstrId", "OrgnlInstrdId"], (draft, text) => {
      draft.out.instructionId = text;
    }),
    value("OrgnlUETR", (draft, text) => {
      draft.out.uetr = text;
    }),
    value("TxSts", (draft, text) => {
      draft.out.status = text.trim();
    }),
    reasonsPart((draft) => draft.out.reasons),
    originalAmount("OrgnlTxRef/Amt/InstdAmt"),
    ...partyRows<TransactionDraft>(
      { party: "OrgnlTxRef/Cdtr", account: "OrgnlTxRef/CdtrAcct", agent: "OrgnlTxRef/CdtrAgt" },
      (draft) => {
        draft.out.creditor ??= {};
        return draft.out.creditor;
      },
    ),
  ],
};

const PAYMENT: RecordMap<PaymentDraft> = {
  create: () => ({ out: { reasons: [], transactions: [] } }),
  rows: [
    value("OrgnlPmtInfId", (draft, text) => {
      draft.out.paymentInformationId = text;
    }),
    value("OrgnlNbOfTxs", (draft, text, field) => {
      checkCount(text, field);
      draft.out.count = text;
    }),
    value("OrgnlCtrlSum", (draft, text, field) => {
      checkAmount(text, field);
      draft.out.sum = text;
    }),
    value("PmtInfSts", (draft, text) => {
      draft.out.status = text.trim();
    }),
    reasonsPart((draft) => draft.out.reasons),
    statusCountsPart((draft) => draft.out),
    part("TxInfAndSts", TRANSACTION, (draft, transaction, field) => {
      attachFindings(transaction.out, field);
      if (field.handlers.transaction === undefined) draft.out.transactions.push(transaction.out);
      else field.handlers.transaction(transaction.out, draft.out);
    }),
  ],
};

const ORIGINAL: RecordMap<Pain002Draft["original"]> = {
  create: () => ({ reasons: [] }),
  rows: [
    value("OrgnlMsgId", (draft, text) => {
      draft.messageId = text;
    }),
    value("OrgnlMsgNmId", (draft, text) => {
      draft.kind = text.trim();
    }),
    value("OrgnlNbOfTxs", (draft, text, field) => {
      checkCount(text, field);
      draft.count = text;
    }),
    value("OrgnlCtrlSum", (draft, text, field) => {
      checkAmount(text, field);
      draft.sum = text;
    }),
    value("GrpSts", (draft, text) => {
      draft.status = text.trim();
    }),
    reasonsPart((draft) => draft.reasons),
    statusCountsPart((draft) => draft),
  ],
};

export const PAIN002: RecordMap<Pain002Draft> = {
  create: () => ({ original: { reasons: [] }, payments: [] }),
  rows: [
    value("GrpHdr/MsgId", (draft, text) => {
      draft.messageId = text;
    }),
    value("GrpHdr/CreDtTm", (draft, text) => {
      draft.createdAt = text.trim();
    }),
    part("OrgnlGrpInfAndSts", ORIGINAL, (draft, original, field) => {
      reportMissing(original, ["messageId"], field);
      if (draft.original.messageId !== undefined) field.report("VALUE_REPEATED", "a second original message");
      else Object.assign(draft.original, original);
    }),
    part("OrgnlPmtInfAndSts", PAYMENT, (draft, payment, field) => {
      if (field.handlers.paymentStatus === undefined) draft.payments.push(payment.out);
      else field.handlers.paymentStatus(payment.out);
    }),
  ],
};
