/** A camt.053.001.08 statement of any number of entries, every field of the reader filled, made piece by piece. */

const PER_PIECE = 200;

function entry(index: number): string {
  const amount = `${(index % 9_000) + 1}.${String(index % 100).padStart(2, "0")}`;
  const id = String(index).padStart(9, "0");
  const day = `2026-11-${String((index % 28) + 1).padStart(2, "0")}`;
  const kind = index % 20 === 0 ? "RRTN" : "ESCT";
  const returned =
    index % 20 === 0 ? `<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Konto gelöscht</AddtlInf></RtrInf>` : "";
  return `<Ntry><NtryRef>${index}</NtryRef><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${index % 20 === 0 ? "CRDT" : "DBIT"}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt><AcctSvcrRef>2026112${id}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>${kind}</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><PmtInfId>PMT-20261120-7</PmtInfId><InstrId>I${id}</InstrId><EndToEndId>PAYOUT-2026-${id}</EndToEndId></Refs><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<RltdPties><Dbtr><Pty><Nm>Marketplace Operator SAS</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Seller ${index % 997} &amp; Söhne</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>DE89370400440532${String(index % 1_000_000).padStart(6, "0")}</IBAN></Id></CdtrAcct></RltdPties>
<RmtInf><Ustrd>Settlement ${day} order ${index}</Ustrd></RmtInf>${returned}</TxDtls></NtryDtls></Ntry>
`;
}

export function* camt053File(count: number): Generator<Buffer> {
  yield Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId><CreDtTm>2026-11-20T23:00:00+01:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-11-20T23:00:00+01:00</CreDtTm><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>
`);
  for (let from = 0; from < count; from += PER_PIECE) {
    let piece = "";
    for (let index = from; index < Math.min(count, from + PER_PIECE); index++) piece += entry(index);
    yield Buffer.from(piece);
  }
  yield Buffer.from("</Stmt></BkToCstmrStmt></Document>\n");
}
