/** A right transfer and a right message, for tests that then make one thing wrong. */
import { readProfile } from "../../../src/app/bank-profiles.ts";
import type { BankProfile, Pain001Message, Pain001Transfer } from "../../../src/bankfiles/index.ts";

export const FRENCH = "FR7630006000011234567890189";
export const GERMAN = "DE89370400440532013000";
export const SWISS = "CH9300762011623852957";
/** A QR-IBAN: its institution is 30000 to 31999. */
export const SWISS_QR = "CH4431999123000889012";

/** Friday 20 November 2026, 09:00 in Paris. */
export const NOW = new Date("2026-11-20T08:00:00Z");

export function profileOf(name: string): BankProfile {
  const read = readProfile(name);
  if (!read.ok) throw new Error(JSON.stringify(read.findings));
  return read.profile;
}

export type TransferChange = Omit<Partial<Pain001Transfer>, "creditor"> & {
  readonly creditor?: Partial<Pain001Transfer["creditor"]>;
};

export function transferWith(change: TransferChange = {}): Pain001Transfer {
  const { creditor, ...rest } = change;
  return {
    endToEndId: "PAYOUT-1",
    amountMinor: 1_234n,
    currency: "EUR",
    remittance: "Settlement 20 November",
    ...rest,
    creditor: { name: "Anna Seller", iban: GERMAN, ...creditor },
  };
}

export function messageWith(
  transfers: readonly Pain001Transfer[],
  change: Partial<Pain001Message> = {},
): Pain001Message {
  return {
    messageId: "MSG-20261120-1",
    createdAt: NOW,
    initiatingParty: { name: "Marketplace SAS" },
    payments: [{ executionDate: "2026-11-20", debtor: { name: "Marketplace SAS", iban: FRENCH }, transfers }],
    ...change,
  };
}
