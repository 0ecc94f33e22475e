/** camt.052, camt.053 and camt.054, versions .01 to .13: where each value stands, one row with all its places. */

import { DETAIL, finishDetail } from "./camt-detail-map.ts";
import {
  attachFindings,
  booleanOf,
  chargesPart,
  checkAmount,
  checkCount,
  type Draft,
  directionOf,
  reportMissing,
  setMoney,
} from "./checked-value.ts";
import type { Balance, Charge, Entry, EntryDetail, Statement } from "./document.ts";
import { otherAccount } from "./party-rows.ts";
import { part, type RecordMap, value } from "./record-map.ts";

export type OpenStatement = Draft<Omit<Statement, "entries" | "balances" | "account">> & {
  account: Draft<Statement["account"]>;
  balances: Balance[];
  entries: Entry[];
};

export interface CamtDraft {
  messageId?: string;
  createdAt?: string;
  readonly page: Page;
  readonly statements: Statement[];
}

interface Page {
  number?: string;
  last?: boolean;
}

interface StatementDraft {
  readonly out: OpenStatement;
  readonly page: Page;
}

interface EntryDraft {
  readonly out: Draft<Omit<Entry, "code" | "batch" | "charges" | "details">> & {
    code: Draft<Entry["code"]>;
    batch?: Draft<NonNullable<Entry["batch"]>>;
    charges: Charge[];
    details: EntryDetail[];
  };
}

const BALANCE: RecordMap<{ readonly out: Draft<Balance> }> = {
  create: () => ({ out: { amount: "" } }),
  rows: [
    // Directly below `Tp` in version .01.
    value(["Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd", "Tp/Prtry"], (draft, text) => {
      draft.out.type = text;
    }),
    value("Amt", (draft, text, field) => setMoney(draft.out, text, field)),
    value("CdtDbtInd", (draft, text, field) => {
      const direction = directionOf(text, field);
      if (direction !== undefined) draft.out.direction = direction;
    }),
    value(["Dt", "Dt/Dt", "Dt/DtTm"], (draft, text) => {
      draft.out.date = text.trim();
    }),
  ],
};

const BATCH: RecordMap<{ readonly out: Draft<NonNullable<Entry["batch"]>> }> = {
  create: () => ({ out: {} }),
  rows: [
    value("MsgId", (draft, text) => {
      draft.out.messageId = text;
    }),
    value("PmtInfId", (draft, text) => {
      draft.out.paymentInformationId = text;
    }),
    value("NbOfTxs", (draft, text, field) => {
      checkCount(text, field);
      draft.out.count = text;
    }),
    value("TtlAmt", (draft, text, field) => {
      checkAmount(text, field);
      draft.out.total = text;
    }),
  ],
};

const ENTRY: RecordMap<EntryDraft> = {
  create: () => ({ out: { amount: "", reversal: false, code: {}, charges: [], details: [] } }),
  rows: [
    value("NtryRef", (draft, text) => {
      draft.out.reference = text;
    }),
    value("Amt", (draft, text, field) => setMoney(draft.out, text, field)),
    value("CdtDbtInd", (draft, text, field) => {
      const direction = directionOf(text, field);
      if (direction !== undefined) draft.out.direction = direction;
    }),
    value("RvslInd", (draft, text, field) => {
      draft.out.reversal = booleanOf(text, field) ?? false;
    }),
    // Text up to .06, a choice since .07.
    value(["Sts", "Sts/Cd", "Sts/Prtry"], (draft, text) => {
      draft.out.status = text.trim();
    }),
    value(["BookgDt", "BookgDt/Dt", "BookgDt/DtTm"], (draft, text) => {
      draft.out.bookingDate = text.trim();
    }),
    value(["ValDt", "ValDt/Dt", "ValDt/DtTm"], (draft, text) => {
      draft.out.valueDate = text.trim();
    }),
    value("AcctSvcrRef", (draft, text) => {
      draft.out.servicerReference = text;
    }),
    value("BkTxCd/Domn/Cd", (draft, text) => {
      draft.out.code.domain = text.trim();
    }),
    value("BkTxCd/Domn/Fmly/Cd", (draft, text) => {
      draft.out.code.family = text.trim();
    }),
    value("BkTxCd/Domn/Fmly/SubFmlyCd", (draft, text) => {
      draft.out.code.subFamily = text.trim();
    }),
    value("BkTxCd/Prtry/Cd", (draft, text) => {
      draft.out.code.proprietary = text;
    }),
    chargesPart((draft, charge) => {
      draft.out.charges.push(charge);
    }),
    // Directly below the entry in version .01; several NtryDtls, each with details, since .02.
    part(["NtryDtls/Btch", "Btch"], BATCH, (draft, batch, field) => {
      if (draft.out.batch === undefined) draft.out.batch = batch.out;
      else field.report("VALUE_REPEATED", `a further batch ${JSON.stringify(batch.out)}`);
    }),
    part(["NtryDtls/TxDtls", "TxDtls"], DETAIL, (draft, detail) => {
      draft.out.details.push(finishDetail(detail));
    }),
    value("AddtlNtryInf", (draft, text) => {
      draft.out.additionalInfo = text;
    }),
  ],
};

const STATEMENT: RecordMap<StatementDraft> = {
  create: () => ({ out: { account: {}, balances: [], entries: [] }, page: {} }),
  rows: [
    value("Id", (draft, text) => {
      draft.out.id = text;
    }),
    value("ElctrncSeqNb", (draft, text) => {
      draft.out.sequence = text;
    }),
    value("LglSeqNb", (draft, text) => {
      draft.out.sequence ??= text;
    }),
    value("CreDtTm", (draft, text) => {
      draft.out.createdAt = text.trim();
    }),
    // From .06 on a report can have pages of its own.
    value(["StmtPgntn/PgNb", "RptPgntn/PgNb", "NtfctnPgntn/PgNb"], (draft, text) => {
      draft.page.number = text;
    }),
    value(["StmtPgntn/LastPgInd", "RptPgntn/LastPgInd", "NtfctnPgntn/LastPgInd"], (draft, text, field) => {
      const last = booleanOf(text, field);
      if (last !== undefined) draft.page.last = last;
    }),
    value("Acct/Id/IBAN", (draft, text) => {
      draft.out.account.iban = text;
    }),
    value(otherAccount("Acct"), (draft, text) => {
      draft.out.account.other = text;
    }),
    value("Acct/Ccy", (draft, text) => {
      draft.out.account.currency = text.trim();
    }),
    part("Bal", BALANCE, (draft, balance, field) => {
      reportMissing(balance.out, ["amount", "direction"], field);
      draft.out.balances.push(balance.out);
    }),
    part("Ntry", ENTRY, (draft, entry, field) => {
      reportMissing(entry.out, ["amount", "direction", "status"], field);
      attachFindings(entry.out, field);
      if (field.handlers.entry === undefined) draft.out.entries.push(entry.out);
      else field.handlers.entry(entry.out, draft.out);
    }),
  ],
};

/** Everything below the message element. A report is `Rpt`, `Stmt` or `Ntfctn` by the kind of message. */
export const CAMT: RecordMap<CamtDraft> = {
  create: () => ({ page: {}, statements: [] }),
  rows: [
    value("GrpHdr/MsgId", (draft, text) => {
      draft.messageId = text;
    }),
    value("GrpHdr/CreDtTm", (draft, text) => {
      draft.createdAt = text.trim();
    }),
    value("GrpHdr/MsgPgntn/PgNb", (draft, text) => {
      draft.page.number = text;
    }),
    value("GrpHdr/MsgPgntn/LastPgInd", (draft, text, field) => {
      const last = booleanOf(text, field);
      if (last !== undefined) draft.page.last = last;
    }),
    part(["Stmt", "Rpt", "Ntfctn"], STATEMENT, (draft, statement, field) => {
      const { out, page } = statement;
      reportMissing({ id: out.id, account: out.account.iban ?? out.account.other }, ["id", "account"], field);
      const known = Object.keys(page).length > 0 ? page : draft.page;
      if (Object.keys(known).length > 0) out.page = known;
      if (field.handlers.statement === undefined) draft.statements.push(out);
      else field.handlers.statement(out);
    }),
  ],
};
