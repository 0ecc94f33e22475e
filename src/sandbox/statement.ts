/** The sandbox bank's end-of-day statement: camt.053.001.08 as text. */
import { unsignedText } from "./cents.ts";
import { leaf, node, xmlDocument } from "./xml-text.ts";

const NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";

/** One payment inside an entry. Amounts are cents. */
export interface StatementDetail {
  readonly messageId?: string;
  readonly paymentId?: string;
  readonly instructionId?: string;
  readonly endToEndId?: string;
  /** What moved on the account. */
  readonly amountMinor: bigint;
  /** What was instructed, when charges make it differ. */
  readonly instructedMinor?: bigint;
  readonly chargesMinor?: bigint;
  readonly debtor?: StatementParty;
  readonly creditor?: StatementParty;
  readonly remittance?: string;
  readonly returnCode?: string;
  readonly returnInfo?: string;
}

export interface StatementParty {
  readonly name: string;
  readonly iban?: string;
}

export interface StatementEntry {
  readonly reference: string;
  readonly servicerReference: string;
  readonly direction: "CRDT" | "DBIT";
  readonly amountMinor: bigint;
  /** ISO 20022 bank transaction code: domain, family, subfamily. */
  readonly code: readonly [string, string, string];
  readonly batch?: { readonly messageId: string; readonly paymentId: string; readonly count: number };
  readonly details: readonly StatementDetail[];
  readonly text: string;
}

export interface Statement {
  readonly messageId: string;
  readonly statementId: string;
  readonly createdAt: string;
  readonly number: number;
  readonly date: string;
  readonly account: { readonly iban: string; readonly name: string; readonly currency: string };
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly entries: readonly StatementEntry[];
}

export function statementXml(statement: Statement): string {
  const { account, date, entries } = statement;
  return xmlDocument(
    NAMESPACE,
    node(
      "BkToCstmrStmt",
      node("GrpHdr", leaf("MsgId", statement.messageId), leaf("CreDtTm", statement.createdAt)),
      node(
        "Stmt",
        leaf("Id", statement.statementId),
        leaf("ElctrncSeqNb", String(statement.number)),
        leaf("LglSeqNb", String(statement.number)),
        leaf("CreDtTm", statement.createdAt),
        node("FrToDt", leaf("FrDtTm", `${date}T00:00:00Z`), leaf("ToDtTm", `${date}T23:59:59Z`)),
        node(
          "Acct",
          node("Id", leaf("IBAN", account.iban)),
          leaf("Ccy", account.currency),
          node("Ownr", leaf("Nm", account.name === "" ? undefined : account.name.slice(0, 140))),
        ),
        balance("OPBD", statement.openingMinor, account.currency, date),
        balance("CLBD", statement.closingMinor, account.currency, date),
        totals(entries),
        ...entries.map((entry) => entryXml(entry, account.currency, date)),
      ),
    ),
  );
}

function balance(type: "OPBD" | "CLBD", cents: bigint, currency: string, date: string): string {
  return node(
    "Bal",
    node("Tp", node("CdOrPrtry", leaf("Cd", type))),
    amount(cents, currency),
    leaf("CdtDbtInd", cents < 0n ? "DBIT" : "CRDT"),
    node("Dt", leaf("Dt", date)),
  );
}

function totals(entries: readonly StatementEntry[]): string {
  const of = (name: string, direction: string) => {
    const some = entries.filter((entry) => entry.direction === direction);
    const sum = some.reduce((all, entry) => all + entry.amountMinor, 0n);
    return node(name, leaf("NbOfNtries", String(some.length)), leaf("Sum", unsignedText(sum)));
  };
  return node("TxsSummry", of("TtlCdtNtries", "CRDT"), of("TtlDbtNtries", "DBIT"));
}

function entryXml(entry: StatementEntry, currency: string, date: string): string {
  const charges = entry.details.length === 1 ? entry.details[0]?.chargesMinor : undefined;
  return node(
    "Ntry",
    leaf("NtryRef", entry.reference),
    amount(entry.amountMinor, currency),
    leaf("CdtDbtInd", entry.direction),
    node("Sts", leaf("Cd", "BOOK")),
    node("BookgDt", leaf("Dt", date)),
    node("ValDt", leaf("Dt", date)),
    leaf("AcctSvcrRef", entry.servicerReference),
    bankTransactionCode(entry.code),
    chargesXml(charges, currency),
    node("NtryDtls", batchXml(entry, currency), ...entry.details.map((one) => detailXml(one, entry, currency))),
    leaf("AddtlNtryInf", entry.text === "" ? undefined : entry.text.slice(0, 500)),
  );
}

function batchXml({ batch, amountMinor, direction }: StatementEntry, currency: string): string {
  if (batch === undefined) return "";
  return node(
    "Btch",
    leaf("MsgId", batch.messageId),
    leaf("PmtInfId", batch.paymentId),
    leaf("NbOfTxs", String(batch.count)),
    leaf("TtlAmt", unsignedText(amountMinor), ` Ccy="${currency}"`),
    leaf("CdtDbtInd", direction),
  );
}

function detailXml(detail: StatementDetail, entry: StatementEntry, currency: string): string {
  return node(
    "TxDtls",
    node(
      "Refs",
      leaf("MsgId", detail.messageId),
      leaf("AcctSvcrRef", entry.servicerReference),
      leaf("PmtInfId", detail.paymentId),
      leaf("InstrId", detail.instructionId),
      leaf("EndToEndId", detail.endToEndId),
    ),
    amount(detail.amountMinor, currency),
    leaf("CdtDbtInd", entry.direction),
    detail.instructedMinor === undefined
      ? ""
      : node("AmtDtls", node("InstdAmt", amount(detail.instructedMinor, currency))),
    bankTransactionCode(entry.code),
    chargesXml(detail.chargesMinor, currency),
    node(
      "RltdPties",
      partyXml("Dbtr", detail.debtor),
      accountXml("DbtrAcct", detail.debtor),
      partyXml("Cdtr", detail.creditor),
      accountXml("CdtrAcct", detail.creditor),
    ),
    detail.remittance === undefined ? "" : node("RmtInf", leaf("Ustrd", detail.remittance.slice(0, 140))),
    returnXml(detail),
  );
}

function returnXml({ returnCode, returnInfo }: StatementDetail): string {
  if (returnCode === undefined) return "";
  return node(
    "RtrInf",
    node("Rsn", leaf(returnCode.length <= 4 ? "Cd" : "Prtry", returnCode.slice(0, 35))),
    leaf("AddtlInf", returnInfo?.slice(0, 105)),
  );
}

function chargesXml(charges: bigint | undefined, currency: string): string {
  if (charges === undefined || charges === 0n) return "";
  return node(
    "Chrgs",
    leaf("TtlChrgsAndTaxAmt", unsignedText(charges), ` Ccy="${currency}"`),
    node("Rcrd", amount(charges, currency), leaf("CdtDbtInd", "DBIT"), leaf("ChrgInclInd", "true")),
  );
}

function partyXml(name: string, party: StatementParty | undefined): string {
  if (party === undefined || party.name === "") return "";
  return node(name, node("Pty", leaf("Nm", party.name.slice(0, 140))));
}

function accountXml(name: string, party: StatementParty | undefined): string {
  return node(name, node("Id", leaf("IBAN", party?.iban)));
}

function bankTransactionCode([domain, family, subFamily]: StatementEntry["code"]): string {
  return node(
    "BkTxCd",
    node("Domn", leaf("Cd", domain), node("Fmly", leaf("Cd", family), leaf("SubFmlyCd", subFamily))),
  );
}

function amount(cents: bigint, currency: string): string {
  return leaf("Amt", unsignedText(cents), ` Ccy="${currency}"`);
}
