/** What the plain floors have in common: reading the input, the fee in SQL, the file of payouts, what they print. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { FEE } from "./night-input.ts";

export interface InputLine {
  readonly type: string;
  readonly id: string;
  readonly iban: string;
  readonly items: readonly { readonly id: string; readonly amount: number; readonly seller: string }[];
}

export async function* inputLines(path: string): AsyncGenerator<InputLine> {
  for await (const text of createInterface({ input: createReadStream(path) })) yield JSON.parse(text) as InputLine;
}

/** Of a row with an `amount`, in both databases. */
export const FEE_SQL = `((amount * ${FEE.basisPoints} + 5000) / 10000 + ${FEE.fixed})`;

/** PostgreSQL sends sums as text. */
export interface Payout {
  readonly e2e: string;
  readonly amount: number | string;
  readonly ref: string;
  readonly iban: string;
}

/** The fewest elements that tell a bank what to pay. */
export function payoutFile(payouts: readonly Payout[]): string {
  const transfers = payouts.map(
    ({ e2e, amount, ref, iban }) =>
      `<CdtTrfTxInf><PmtId><EndToEndId>${e2e}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">${inEuros(Number(amount))}</InstdAmt></Amt><Cdtr><Nm>${ref}</Nm></Cdtr><CdtrAcct><Id><IBAN>${iban}</IBAN></Id></CdtrAcct></CdtTrfTxInf>`,
  );
  return `<Document><GrpHdr><NbOfTxs>${payouts.length}</NbOfTxs><CtrlSum>${inEuros(sumOf(payouts))}</CtrlSum></GrpHdr>${transfers.join("")}</Document>`;
}

const inEuros = (cents: number): string => (cents / 100).toFixed(2);

export function sumOf(payouts: readonly Pick<Payout, "amount">[]): number {
  return payouts.reduce((sum, { amount }) => sum + Number(amount), 0);
}

/** Both sides of a benchmark must come to the same `count` and `sum`. */
export function printFigures(ms: number, count: number, sum: number): void {
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(JSON.stringify({ ms, total: `${count} transfers, ${sum} cents`, rssMb }));
}
