/** Writes small pain.001 files for the sandbox bank's tests, right by default and wrong where a test says so. */

export const OWN_IBAN = "FR7630006000011234567890189";
export const SELLER_IBAN = "DE89370400440532013000";
export const OTHER_IBAN = "NL91ABNA0417164300";

export interface OrderTransferText {
  readonly id: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly iban?: string;
  readonly name?: string;
}

export interface OrderText {
  readonly messageId?: string;
  readonly version?: "03" | "09";
  readonly date?: string;
  readonly batch?: boolean;
  readonly debtorIban?: string;
  readonly count?: string;
  readonly sum?: string;
  readonly transfers: readonly OrderTransferText[];
}

export function orderText(order: OrderText): string {
  const { version = "09", date = "2026-11-20", messageId = "MSG-1", debtorIban = OWN_IBAN } = order;
  const cents = order.transfers.reduce((sum, { amount = "10.00" }) => sum + BigInt(amount.replace(".", "")), 0n);
  const sum = order.sum ?? `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
  const count = order.count ?? String(order.transfers.length);
  const agent = version === "03" ? "BIC" : "BICFI";
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.${version}"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>${messageId}</MsgId><CreDtTm>2026-11-20T02:30:00</CreDtTm><NbOfTxs>${count}</NbOfTxs><CtrlSum>${sum}</CtrlSum>
<InitgPty><Nm>Marketplace</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>${messageId}-1</PmtInfId><PmtMtd>TRF</PmtMtd>
${order.batch === undefined ? "" : `<BtchBookg>${order.batch}</BtchBookg>`}
<ReqdExctnDt>${version === "03" ? date : `<Dt>${date}</Dt>`}</ReqdExctnDt>
<Dbtr><Nm>Marketplace SA</Nm></Dbtr><DbtrAcct><Id><IBAN>${debtorIban}</IBAN></Id></DbtrAcct>
<DbtrAgt><FinInstnId><${agent}>AGRIFRPPXXX</${agent}></FinInstnId></DbtrAgt>
${order.transfers.map(transferText).join("\n")}
</PmtInf></CstmrCdtTrfInitn></Document>`;
}

function transferText({
  id,
  amount = "10.00",
  currency = "EUR",
  iban = SELLER_IBAN,
  name = "Seller & Sons",
}: OrderTransferText): string {
  return `<CdtTrfTxInf><PmtId><InstrId>I-${id}</InstrId><EndToEndId>${id}</EndToEndId></PmtId>
<Amt><InstdAmt Ccy="${currency}">${amount}</InstdAmt></Amt>
<Cdtr><Nm>${name.replaceAll("&", "&amp;")}</Nm></Cdtr><CdtrAcct><Id><IBAN>${iban}</IBAN></Id></CdtrAcct>
<RmtInf><Ustrd>Payout ${id}</Ustrd></RmtInf></CdtTrfTxInf>`;
}
