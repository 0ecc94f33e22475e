/** What the writer wrote, the reader reads: read(write(x)) = x. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadProfile } from "../../../src/app/bank-profiles.ts";
import type { Pain001Document } from "../../../src/bankfiles/read/document.ts";
import { readBankFile } from "../../../src/bankfiles/read/read-bank-file.ts";
import { type Pain001Transfer, writePain001 } from "../../../src/bankfiles/write/pain001.ts";
import { formatMinor } from "../../../src/domain/money.ts";

const DEBTOR = { name: "Marketplace Operator SAS", iban: "FR7630006000011234567890189", bic: "AGRIFRPPXXX" };

function readBack(profileName: string, transfers: readonly Pain001Transfer[]): Pain001Document {
  const payments = [{ executionDate: "2026-11-23", debtor: DEBTOR, transfers }];
  const message = { messageId: "RT-1", createdAt: new Date("2026-11-20T08:00:00Z"), initiatingParty: DEBTOR, payments };
  const bytes = Buffer.from([...writePain001(message, loadProfile(profileName))].join(""));
  const result = readBankFile(bytes);
  if (!result.ok || result.document.kind !== "pain.001") throw new Error(JSON.stringify(result));
  return result.document;
}

const plainText = (max: number) =>
  fc
    .stringMatching(/^[A-Za-z0-9?:().,'+ -]{1,70}$/)
    .map((text) => text.replace(/ +/g, " ").trim().slice(0, max).trim())
    .filter((text) => text !== "");

const transfer: fc.Arbitrary<Pain001Transfer> = fc.record(
  {
    endToEndId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9?:().,'+-]{0,34}$/),
    amountMinor: fc.bigInt({ min: 1n, max: 99_999_999_999n }),
    currency: fc.constant("EUR"),
    creditor: fc.record({ name: plainText(70), iban: fc.constant("DE89370400440532013000") }),
    remittance: plainText(70),
    purpose: fc.constantFrom("SUPP", "GDDS"),
  },
  { requiredKeys: ["endToEndId", "amountMinor", "currency", "creditor"] },
);

describe.each(["sepa", "sepa-v03", "de", "de-v03"])("a file of profile %s", (profileName) => {
  it("is read back as the transfers it was written from", () => {
    const property = fc.property(fc.array(transfer, { minLength: 1, maxLength: 5 }), (transfers) => {
      const { messageId, count, sum, payments, findings } = readBack(profileName, transfers);
      const total = transfers.reduce((all, { amountMinor }) => all + amountMinor, 0n);
      expect({ messageId, count, sum, findings }).toEqual({
        messageId: "RT-1",
        count: String(transfers.length),
        sum: formatMinor(total, "EUR"),
        findings: [],
      });
      const read = payments[0]?.transfers ?? [];
      expect(
        read.map(({ endToEndId, amount, currency, creditor: { name, iban }, remittance, purpose }) => {
          return { endToEndId, amount, currency, name, iban, remittance, purpose };
        }),
      ).toEqual(
        transfers.map(({ endToEndId, amountMinor, currency, creditor: { name, iban }, remittance, purpose }) => {
          return { endToEndId, amount: formatMinor(amountMinor, currency), currency, name, iban, remittance, purpose };
        }),
      );
    });
    fc.assert(property, { numRuns: 200 });
  });
});
