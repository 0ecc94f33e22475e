/** The transaction details of a camt entry: references, the amount in its several places, parties, return, remittance. */
import { chargesPart, checkMoney, type Draft, directionOf, REASON, setMoney } from "./checked-value.ts";
import type { Charge, EntryDetail, Party } from "./document.ts";
import { partyRows } from "./party-rows.ts";
import { part, type RecordMap, type ValueRow, value, values } from "./record-map.ts";

export interface DetailDraft {
  readonly out: Draft<Omit<EntryDetail, "remittance" | "charges" | "code">> & {
    remittance: string[];
    charges?: Charge[];
    code?: Draft<NonNullable<EntryDetail["code"]>>;
  };
  /** Amounts of `AmtDtls` with their currencies, in the order of the message. */
  readonly amounts: { place: string; amount: string; currency?: string }[];
  rate?: string;
}

function remember(place: string): ValueRow<DetailDraft> {
  return value(`AmtDtls/${place}/Amt`, (draft, text, field) => {
    checkMoney(text, field);
    const currency = field.currency();
    draft.amounts.push({ place, amount: text, ...(currency === undefined ? {} : { currency }) });
  });
}

const AMOUNT_PLACES = ["InstdAmt", "TxAmt", "CntrValAmt"] as const;

/** Where the details have no `Amt` of their own (.02): the transaction's amount, then the instructed one. */
const AMOUNT_ORDER = ["TxAmt", "InstdAmt"] as const;

export const DETAIL: RecordMap<DetailDraft> = {
  create: () => ({ out: { remittance: [] }, amounts: [] }),
  rows: [
    ...referenceRows(),
    // From .03 on. Up to .02 the amount stands in `AmtDtls`, and the direction is the entry's.
    value("Amt", (draft, text, field) => setMoney(draft.out, text, field)),
    value("CdtDbtInd", (draft, text, field) => {
      const direction = directionOf(text, field);
      if (direction !== undefined) draft.out.direction = direction;
    }),
    ...AMOUNT_PLACES.map(remember),
    values(
      AMOUNT_PLACES.map((place) => `AmtDtls/${place}/CcyXchg/XchgRate`),
      (draft, text) => {
        draft.rate ??= text;
      },
    ),
    ...codeRows(),
    chargesPart((draft, charge) => {
      draft.out.charges ??= [];
      draft.out.charges.push(charge);
    }),
    ...parties("Dbtr", (draft) => {
      draft.out.debtor ??= {};
      return draft.out.debtor;
    }),
    ...parties("Cdtr", (draft) => {
      draft.out.creditor ??= {};
      return draft.out.creditor;
    }),
    part("RtrInf", REASON, (draft, reason) => {
      draft.out.return = reason.out;
    }),
    values(
      ["RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef", "RmtInf/Strd/AddtlRmtInf"],
      (draft, text) => {
        draft.out.remittance.push(text);
      },
    ),
    value("AddtlTxInf", (draft, text) => {
      draft.out.additionalInfo = text;
    }),
  ],
};

/** Settles what several elements say together, when the details end. */
export function finishDetail(draft: DetailDraft): EntryDetail {
  const { out, amounts } = draft;
  if (out.amount === undefined) {
    const own = AMOUNT_ORDER.map((place) => amounts.find((one) => one.place === place)).find(
      (one) => one !== undefined,
    );
    if (own !== undefined) {
      out.amount = own.amount;
      if (own.currency !== undefined) out.currency = own.currency;
    }
  }
  const foreign = amounts.find((one) => one.currency !== out.currency);
  if (draft.rate !== undefined || (foreign !== undefined && out.currency !== undefined)) {
    out.exchange = {
      ...(foreign === undefined ? {} : { amount: foreign.amount }),
      ...(foreign?.currency === undefined ? {} : { currency: foreign.currency }),
      ...(draft.rate === undefined ? {} : { rate: draft.rate }),
    };
  }
  return out;
}

function referenceRows(): readonly ValueRow<DetailDraft>[] {
  const reference = (name: string, set: (out: DetailDraft["out"], text: string) => void) =>
    value<DetailDraft>(`Refs/${name}`, (draft, text) => set(draft.out, text));
  return [
    reference("MsgId", (out, text) => {
      out.messageId = text;
    }),
    reference("AcctSvcrRef", (out, text) => {
      out.servicerReference = text;
    }),
    reference("PmtInfId", (out, text) => {
      out.paymentInformationId = text;
    }),
    reference("InstrId", (out, text) => {
      out.instructionId = text;
    }),
    reference("EndToEndId", (out, text) => {
      out.endToEndId = text;
    }),
    reference("TxId", (out, text) => {
      out.transactionId = text;
    }),
    reference("UETR", (out, text) => {
      out.uetr = text;
    }),
  ];
}

function codeRows(): readonly ValueRow<DetailDraft>[] {
  const code = (name: string, key: "domain" | "family" | "subFamily" | "proprietary") =>
    value<DetailDraft>(`BkTxCd/${name}`, (draft, text) => {
      draft.out.code ??= {};
      draft.out.code[key] = text.trim();
    });
  return [
    code("Domn/Cd", "domain"),
    code("Domn/Fmly/Cd", "family"),
    code("Domn/Fmly/SubFmlyCd", "subFamily"),
    code("Prtry/Cd", "proprietary"),
  ];
}

function parties(role: "Dbtr" | "Cdtr", of: (draft: DetailDraft) => Draft<Party>): readonly ValueRow<DetailDraft>[] {
  return partyRows({ party: `RltdPties/${role}`, account: `RltdPties/${role}Acct`, agent: `RltdAgts/${role}Agt` }, of);
}
