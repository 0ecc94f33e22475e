/** Statements of a bank made by hand, line by line, for tests of what comes in. */

export const OUR_ACCOUNT = "FR7630006000011234567890189";

export interface Line {
  readonly reference: string;
  readonly direction: "CRDT" | "DBIT";
  readonly minor: bigint;
  /** Bank transaction code: family and subfamily of PMNT. */
  readonly code?: readonly [string, string];
  readonly endToEndId?: string;
  readonly remittance?: string;
  readonly chargesMinor?: bigint;
  readonly returnCode?: string;
}

export interface StatementHead {
  readonly kind?: "camt.053" | "camt.054";
  readonly number: number;
  readonly date: string;
  readonly openingMinor: bigint;
  readonly account?: string;
  /** When the message was made; a re-dated copy has another. */
  readonly createdAt?: string;
}

export const decimal = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;

/** What the account holds after these lines. */
export function closingOf(openingMinor: bigint, lines: readonly Line[]): bigint {
  return lines.reduce((sum, { direction, minor }) => (direction === "CRDT" ? sum + minor : sum - minor), openingMinor);
}

/** A camt.053, or a camt.054 without balances. */
export function statementXml(head: StatementHead, lines: readonly Line[]): string {
  const { kind = "camt.053", number, date, openingMinor, account = OUR_ACCOUNT } = head;
  const createdAt = head.createdAt ?? `${date}T20:00:00Z`;
  const id = `${kind === "camt.053" ? "S" : "N"}${number}`;
  const [message, statement] = kind === "camt.053" ? ["BkToCstmrStmt", "Stmt"] : ["BkToCstmrDbtCdtNtfctn", "Ntfctn"];
  const balances =
    kind === "camt.053"
      ? balance("OPBD", openingMinor, date) + balance("CLBD", closingOf(openingMinor, lines), date)
      : "";
  return `${statementStart(kind, message, statement, { id, number, createdAt, account })}${balances}
${lines.map((line) => entryXml(line, date)).join("\n")}
${statementEnd(message, statement)}`;
}

export function statementStart(
  kind: string,
  message = "BkToCstmrStmt",
  statement = "Stmt",
  head: { readonly id: string; readonly number: number; readonly createdAt: string; readonly account: string },
): string {
  const { id, number, createdAt, account } = head;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${kind}.001.08"><${message}>
<GrpHdr><MsgId>${id}-${createdAt}</MsgId><CreDtTm>${createdAt}</CreDtTm></GrpHdr>
<${statement}><Id>${id}</Id><ElctrncSeqNb>${number}</ElctrncSeqNb><CreDtTm>${createdAt}</CreDtTm>
<Acct><Id><IBAN>${account}</IBAN></Id><Ccy>EUR</Ccy></Acct>`;
}

export function statementEnd(message = "BkToCstmrStmt", statement = "Stmt"): string {
  return `</${statement}></${message}></Document>`;
}

function balance(type: string, minor: bigint, date: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${decimal(minor)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`;
}

export function entryXml(line: Line, date: string): string {
  const { reference, direction, minor, code = ["ICDT", "ESCT"], endToEndId, remittance, chargesMinor = 0n } = line;
  const money = `<Amt Ccy="EUR">${decimal(minor)}</Amt><CdtDbtInd>${direction}</CdtDbtInd>`;
  const charges =
    chargesMinor === 0n
      ? ""
      : `<Chrgs><Rcrd><Amt Ccy="EUR">${decimal(chargesMinor)}</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>`;
  const refs = endToEndId === undefined ? "" : `<Refs><EndToEndId>${endToEndId}</EndToEndId></Refs>`;
  const told = remittance === undefined ? "" : `<RmtInf><Ustrd>${remittance}</Ustrd></RmtInf>`;
  const returned = line.returnCode === undefined ? "" : `<RtrInf><Rsn><Cd>${line.returnCode}</Cd></Rsn></RtrInf>`;
  return `<Ntry><NtryRef>${reference}</NtryRef>${money}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${date}</Dt></BookgDt><ValDt><Dt>${date}</Dt></ValDt><AcctSvcrRef>${reference}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${code[0]}</Cd><SubFmlyCd>${code[1]}</SubFmlyCd></Fmly></Domn></BkTxCd>${charges}<NtryDtls><TxDtls>${refs}${money}${told}${returned}</TxDtls></NtryDtls></Ntry>`;
}

/** The debit of a transfer, its return less charges, and money of somebody else. */
export const debit = (endToEndId: string, minor: bigint): Line => ({
  ...{ reference: `D-${endToEndId.slice(-8)}`, direction: "DBIT", minor, endToEndId },
});
export const returned = (endToEndId: string, minor: bigint, chargesMinor = 0n): Line => ({
  ...{
    reference: `R-${endToEndId.slice(-8)}`,
    direction: "CRDT",
    minor: minor - chargesMinor,
    chargesMinor,
    endToEndId,
  },
  ...{ code: ["ICDT", "RRTN"], returnCode: "AC04" },
});
export const credit = (reference: string, minor: bigint, remittance: string, chargesMinor = 0n): Line => ({
  ...{ reference, direction: "CRDT", minor, remittance, chargesMinor, code: ["RCDT", "ESCT"] },
});
