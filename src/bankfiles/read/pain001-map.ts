/** pain.001, versions .03 to .13 and their German and Swiss kin: where each value stands. */
import {
  attachFindings,
  booleanOf,
  checkAmount,
  checkCount,
  type Draft,
  reportMissing,
  setMoney,
} from "./checked-value.ts";
import type { CreditTransfer, Party, PaymentInformation, PostalAddress } from "./document.ts";
import { partyRows } from "./party-rows.ts";
import { part, type RecordMap, type ValueRow, value, values } from "./record-map.ts";

export interface Pain001Draft {
  messageId?: string;
  createdAt?: string;
  count?: string;
  sum?: string;
  initiatingParty?: string;
  readonly payments: PaymentInformation[];
}

type AddressDraft = Draft<Omit<PostalAddress, "lines">> & { lines: string[] };

interface TransferDraft {
  readonly out: Draft<Omit<CreditTransfer, "creditor">> & { creditor: Draft<Party> & { address?: AddressDraft } };
}

interface PaymentDraft {
  readonly out: Draft<Omit<PaymentInformation, "debtor" | "transfers">> & {
    debtor: Draft<Party>;
    transfers: CreditTransfer[];
  };
}

function addressRows(): readonly ValueRow<TransferDraft>[] {
  const line = (name: string, key: Exclude<keyof PostalAddress, "lines">) =>
    value<TransferDraft>(`Cdtr/PstlAdr/${name}`, (draft, text) => {
      addressOf(draft)[key] = text;
    });
  return [
    line("Ctry", "country"),
    line("TwnNm", "town"),
    line("PstCd", "postCode"),
    line("StrtNm", "street"),
    line("BldgNb", "buildingNumber"),
    values("Cdtr/PstlAdr/AdrLine", (draft, text) => {
      addressOf(draft).lines.push(text);
    }),
  ];
}

function addressOf(draft: TransferDraft): AddressDraft {
  draft.out.creditor.address ??= { lines: [] };
  return draft.out.creditor.address;
}

const TRANSFER: RecordMap<TransferDraft> = {
  create: () => ({ out: { creditor: {} } }),
  rows: [
    value("PmtId/EndToEndId", (draft, text) => {
      draft.out.endToEndId = text;
    }),
    value("PmtId/InstrId", (draft, text) => {
      draft.out.instructionId = text;
    }),
    value("PmtId/UETR", (draft, text) => {
      draft.out.uetr = text;
    }),
    // An equivalent amount is stated in the currency of the account, to be paid in another.
    value(["Amt/InstdAmt", "Amt/EqvtAmt/Amt"], (draft, text, field) => setMoney(draft.out, text, field)),
    ...partyRows<TransferDraft>(
      { party: "Cdtr", account: "CdtrAcct", agent: "CdtrAgt" },
      (draft) => draft.out.creditor,
    ),
    ...addressRows(),
    // A payment type may stand here instead of at the payment information.
    values(["PmtTpInf/SvcLvl/Cd", "PmtTpInf/SvcLvl/Prtry"], (draft, text) => {
      draft.out.serviceLevel ??= text.trim();
    }),
    value(["PmtTpInf/LclInstrm/Cd", "PmtTpInf/LclInstrm/Prtry"], (draft, text) => {
      draft.out.localInstrument = text.trim();
    }),
    values(["RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/AddtlRmtInf"], (draft, text) => {
      draft.out.remittance = draft.out.remittance === undefined ? text : `${draft.out.remittance} ${text}`;
    }),
    value(["Purp/Cd", "Purp/Prtry"], (draft, text) => {
      draft.out.purpose = text.trim();
    }),
  ],
};

const PAYMENT: RecordMap<PaymentDraft> = {
  create: () => ({ out: { debtor: {}, transfers: [] } }),
  rows: [
    value("PmtInfId", (draft, text) => {
      draft.out.id = text;
    }),
    value("BtchBookg", (draft, text, field) => {
      const asked = booleanOf(text, field);
      if (asked !== undefined) draft.out.batchBooking = asked;
    }),
    value("NbOfTxs", (draft, text, field) => {
      checkCount(text, field);
      draft.out.count = text;
    }),
    value("CtrlSum", (draft, text, field) => {
      checkAmount(text, field);
      draft.out.sum = text;
    }),
    // Repeats from .09 on: the first one decides.
    values(["PmtTpInf/SvcLvl/Cd", "PmtTpInf/SvcLvl/Prtry"], (draft, text) => {
      draft.out.serviceLevel ??= text.trim();
    }),
    value(["PmtTpInf/LclInstrm/Cd", "PmtTpInf/LclInstrm/Prtry"], (draft, text) => {
      draft.out.localInstrument = text.trim();
    }),
    // A date up to .07, a choice since .08.
    value(["ReqdExctnDt", "ReqdExctnDt/Dt", "ReqdExctnDt/DtTm"], (draft, text) => {
      draft.out.executionDate = text.trim();
    }),
    ...partyRows<PaymentDraft>({ party: "Dbtr", account: "DbtrAcct", agent: "DbtrAgt" }, (draft) => draft.out.debtor),
    part("CdtTrfTxInf", TRANSFER, (draft, transfer, field) => {
      reportMissing(transfer.out, ["endToEndId", "amount"], field);
      attachFindings(transfer.out, field);
      if (field.handlers.transfer === undefined) draft.out.transfers.push(transfer.out);
      else field.handlers.transfer(transfer.out, draft.out);
    }),
  ],
};

export const PAIN001: RecordMap<Pain001Draft> = {
  create: () => ({ payments: [] }),
  rows: [
    value("GrpHdr/MsgId", (draft, text) => {
      draft.messageId = text;
    }),
    value("GrpHdr/CreDtTm", (draft, text) => {
      draft.createdAt = text.trim();
    }),
    value("GrpHdr/NbOfTxs", (draft, text, field) => {
      checkCount(text, field);
      draft.count = text;
    }),
    value("GrpHdr/CtrlSum", (draft, text, field) => {
      checkAmount(text, field);
      draft.sum = text;
    }),
    value("GrpHdr/InitgPty/Nm", (draft, text) => {
      draft.initiatingParty = text;
    }),
    part("PmtInf", PAYMENT, (draft, payment, field) => {
      if (field.handlers.payment === undefined) draft.payments.push(payment.out);
      else field.handlers.payment(payment.out);
    }),
  ],
};
