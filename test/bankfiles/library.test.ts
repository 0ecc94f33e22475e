import { expect, it } from "vitest";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import { checkPain001, readBankFile, recount, writePain001 } from "../../src/bankfiles/index.ts";

it("writes, checks, counts and reads a file with nothing but the library", async () => {
  const profile = loadProfile("sepa");
  const chunks = [
    ...writePain001(
      {
        messageId: "M-1",
        createdAt: new Date("2026-11-20T01:30:00Z"),
        initiatingParty: { name: "Market SAS" },
        payments: [
          {
            executionDate: "2026-11-23",
            debtor: { name: "Market SAS", iban: "FR7630006000011234567890189" },
            transfers: [
              {
                endToEndId: "T-1",
                amountMinor: 1_234n,
                currency: "EUR",
                creditor: { name: "Jürgen & Söhne", iban: "DE89370400440532013000" },
              },
            ],
          },
        ],
      },
      profile,
    ),
  ];
  const bytes = Buffer.from(chunks.join(""));
  expect(recount([bytes])).toMatchObject({ messageId: "M-1", count: 1, sumMinor: 1_234n });
  expect((await checkPain001([bytes], { profile, now: new Date("2026-11-20T01:30:00Z") })).findings).toEqual([]);
  const read = readBankFile(bytes);
  expect(read.ok && read.document.kind === "pain.001" && read.document.payments[0]?.transfers[0]).toMatchObject({
    endToEndId: "T-1",
    amount: "12.34",
    creditor: { name: "Jurgen + Sohne", iban: "DE89370400440532013000" },
  });
});
