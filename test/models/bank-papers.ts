/** A bank's answers, made by hand: status reports and statements about transfers of ours. */

export interface PaperTransfer {
  readonly endToEndId: string;
  readonly paymentInformationId: string;
  readonly messageId: string;
  readonly amount: bigint;
}

const decimal = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;

/** pain.002 that gives the named transfers one status. */
export function statusReport(
  id: string,
  createdAt: string,
  transfers: readonly PaperTransfer[],
  status: "ACCP" | "RJCT",
): string {
  const reason = status === "RJCT" ? "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>" : "";
  const payments = [...new Set(transfers.map(({ paymentInformationId }) => paymentInformationId))].map((payment) => {
    const own = transfers.filter(({ paymentInformationId }) => paymentInformationId === payment);
    const told = own.map(
      ({ endToEndId }) =>
        `<TxInfAndSts><OrgnlInstrId>${endToEndId}</OrgnlInstrId><OrgnlEndToEndId>${endToEndId}</OrgnlEndToEndId><TxSts>${status}</TxSts>${reason}</TxInfAndSts>`,
    );
    return `<OrgnlPmtInfAndSts><OrgnlPmtInfId>${payment}</OrgnlPmtInfId>${told.join("")}</OrgnlPmtInfAndSts>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${createdAt}</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>${transfers[0]?.messageId ?? ""}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
${payments.join("\n")}
</CstmrPmtStsRpt></Document>`;
}

export interface PaperStatement {
  readonly id: string;
  readonly number: number;
  readonly createdAt: string;
  readonly date: string;
  readonly account: string;
  readonly opening: bigint;
}

/** camt.053 with one line for each transfer: booked, or returned. Answers the closing balance too. */
export function statement(
  head: PaperStatement,
  transfers: readonly PaperTransfer[],
  what: "booked" | "returned",
): { readonly xml: string; readonly closing: bigint } {
  const sum = transfers.reduce((total, { amount }) => total + amount, 0n);
  const lines = transfers.map((transfer, index) => line(transfer, `${head.id}-${index + 1}`, head.date, what));
  return statementWith(head, lines, what === "booked" ? -sum : sum);
}

/** camt.053 with one credit from the acquirer, named by its reference. */
export function payInStatement(head: PaperStatement, reference: string, amount: bigint) {
  const money = `<Amt Ccy="EUR">${decimal(amount)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>`;
  const code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>";
  const line = `<Ntry><NtryRef>${head.id}-1</NtryRef>${money}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${head.date}</Dt></BookgDt><ValDt><Dt>${head.date}</Dt></ValDt><AcctSvcrRef>${head.id}-1</AcctSvcrRef>${code}<NtryDtls><TxDtls>${money}<RmtInf><Ustrd>${reference}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
  return statementWith(head, [line], amount);
}

function statementWith(
  { id, number, createdAt, date, account, opening }: PaperStatement,
  lines: readonly string[],
  change: bigint,
): { readonly xml: string; readonly closing: bigint } {
  const closing = opening + change;
  const balance = (type: string, minor: bigint) =>
    `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${decimal(minor)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${date}</Dt></Dt></Bal>`;
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${createdAt}</CreDtTm></GrpHdr>
<Stmt><Id>${id}</Id><ElctrncSeqNb>${number}</ElctrncSeqNb><CreDtTm>${createdAt}</CreDtTm>
<Acct><Id><IBAN>${account}</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance("OPBD", opening)}${balance("CLBD", closing)}
${lines.join("\n")}
</Stmt></BkToCstmrStmt></Document>`;
  return { xml, closing };
}

function line(transfer: PaperTransfer, reference: string, date: string, what: "booked" | "returned"): string {
  const { endToEndId, paymentInformationId, messageId, amount } = transfer;
  const direction = what === "booked" ? "DBIT" : "CRDT";
  const code = `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>${what === "booked" ? "ESCT" : "RRTN"}</SubFmlyCd></Fmly></Domn></BkTxCd>`;
  const returned = what === "booked" ? "" : "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";
  const money = `<Amt Ccy="EUR">${decimal(amount)}</Amt><CdtDbtInd>${direction}</CdtDbtInd>`;
  return `<Ntry><NtryRef>${reference}</NtryRef>${money}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${date}</Dt></BookgDt><ValDt><Dt>${date}</Dt></ValDt><AcctSvcrRef>${reference}</AcctSvcrRef>${code}<NtryDtls><TxDtls><Refs><MsgId>${messageId}</MsgId><PmtInfId>${paymentInformationId}</PmtInfId><InstrId>${endToEndId}</InstrId><EndToEndId>${endToEndId}</EndToEndId></Refs>${money}${returned}</TxDtls></NtryDtls></Ntry>`;
}
