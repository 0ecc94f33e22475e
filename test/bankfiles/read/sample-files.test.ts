/** What each of our own sample files says, written down by hand. */
import { describe, expect, it } from "vitest";
import type { BankDocument, CamtDocument, Entry } from "../../../src/bankfiles/read/document.ts";
import { readBankFile, readBankFileStream } from "../../../src/bankfiles/read/read-bank-file.ts";
import { inPieces, sample, sampleNames } from "./sample-folder.ts";

function read(name: string): BankDocument {
  const result = readBankFile(sample(`${name}.xml`));
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.document;
}

function readCamt(name: string): CamtDocument {
  const document = read(name);
  if (document.kind === "pain.001" || document.kind === "pain.002") throw new Error(document.kind);
  return document;
}

function entriesOf(name: string): readonly Entry[] {
  return readCamt(name).statements.flatMap(({ entries }) => entries);
}

describe("a statement of payouts", () => {
  it("gives every value of the message as text, as it stands there", () => {
    expect(read("camt053-v08-payouts")).toEqual({
      kind: "camt.053",
      version: "camt.053.001.08",
      messageId: "STM-2026-11-20-0001",
      createdAt: "2026-11-20T22:10:00+01:00",
      findings: [],
      statements: [
        {
          id: "FR76-2026-324",
          sequence: "324",
          createdAt: "2026-11-20T22:09:58+01:00",
          account: { iban: "FR7630006000011234567890189", currency: "EUR" },
          balances: [
            { type: "OPBD", amount: "10000.00", currency: "EUR", direction: "CRDT", date: "2026-11-20" },
            { type: "CLBD", amount: "9699.50", currency: "EUR", direction: "CRDT", date: "2026-11-20" },
          ],
          entries: [BATCH_ENTRY, RETURN_ENTRY, FOREIGN_ENTRY],
        },
      ],
    });
  });

  it("is the same when it comes byte by byte", async () => {
    for (const name of sampleNames()) {
      const bytes = sample(`${name}.xml`);
      expect(await readBankFileStream(inPieces(bytes, 1))).toEqual(readBankFile(bytes));
    }
  });
});

const BATCH_ENTRY: Entry = {
  reference: "1",
  servicerReference: "0000123E5",
  amount: "300.00",
  currency: "EUR",
  direction: "DBIT",
  status: "BOOK",
  reversal: false,
  bookingDate: "2026-11-20",
  valueDate: "2026-11-20",
  code: { domain: "PMNT", family: "ICDT", subFamily: "ESCT", proprietary: "NTRF+191" },
  batch: { messageId: "REMIT-20261120-1", paymentInformationId: "REMIT-20261120-1/1", count: "2", total: "300.00" },
  charges: [],
  details: [
    {
      endToEndId: "PO-000017",
      instructionId: "PO-000017",
      uetr: "8a562c67-ca16-48ba-b074-65581be6f001",
      amount: "120.00",
      currency: "EUR",
      direction: "DBIT",
      creditor: { name: "Käsehaus & Söhne", iban: "DE89370400440532013000", bic: "COBADEFFXXX" },
      remittance: ["Settlement 2026-11-19"],
    },
    {
      endToEndId: "PO-000018",
      amount: "180.00",
      currency: "EUR",
      direction: "DBIT",
      remittance: ["Settlement", "2026-11-19", "RF18539007547034"],
    },
  ],
};

const RETURN_ENTRY: Entry = {
  reference: "2",
  amount: "50.00",
  currency: "EUR",
  direction: "CRDT",
  status: "BOOK",
  reversal: true,
  bookingDate: "2026-11-20T09:30:00+01:00",
  code: { domain: "PMNT", family: "ICDT", subFamily: "RRTN" },
  charges: [
    { amount: "2.50", currency: "EUR", direction: "DBIT", included: true, type: "RETURN" },
    { amount: "0.50", currency: "EUR", direction: "DBIT", type: "COMM" },
  ],
  additionalInfo: "RETURN OF TRANSFER",
  details: [
    {
      endToEndId: "PO-000009",
      amount: "53.00",
      currency: "EUR",
      return: { code: "AC04", info: "account closed" },
      remittance: [],
    },
  ],
};

const FOREIGN_ENTRY: Entry = {
  amount: "50.50",
  currency: "EUR",
  direction: "DBIT",
  status: "BOOK",
  reversal: false,
  valueDate: "2026-11-20",
  code: { proprietary: "NTRF+020" },
  charges: [],
  details: [
    {
      endToEndId: "NOTPROVIDED",
      amount: "50.50",
      currency: "EUR",
      exchange: { amount: "47.18", currency: "CHF", rate: "0.934257" },
      remittance: [],
    },
  ],
};

describe("versions, namespaces and encodings", () => {
  it("reads flat charges, amounts in AmtDtls and several NtryDtls of version .02, in ISO-8859-1", () => {
    const [entry] = entriesOf("camt053-v02-latin1");
    expect(entry).toMatchObject({
      charges: [
        { amount: "0.35", currency: "EUR", type: "COMM" },
        { amount: "0.15", currency: "EUR" },
      ],
      additionalInfo: "Überweisung",
    });
    expect(entry?.details).toEqual([
      {
        endToEndId: "1E5",
        amount: "17.00",
        currency: "EUR",
        creditor: { name: "Müller Gärtnerei", bic: "INGDDEFFXXX" },
        remittance: [],
      },
      { endToEndId: "12345678901234567890123", remittance: [] },
    ]);
    const { statements, messageId } = readCamt("camt053-v02-latin1");
    expect({ messageId, ...statements[0] }).toMatchObject({
      messageId: "0007",
      id: "0012",
      sequence: "0099",
      account: { other: "123456-789" },
    });
  });

  it("reads batches, details, balance types and accounts where version .01 has them", () => {
    const { version, statements } = readCamt("camt053-v01");
    expect(version).toBe("camt.053.001.01");
    expect(statements[0]).toMatchObject({
      account: { other: "8000-1" },
      balances: [{ type: "OPBD", amount: "1.00" }],
      entries: [
        {
          batch: { paymentInformationId: "P-1", count: "1" },
          details: [{ endToEndId: "E-1", creditor: { name: "Old Seller" } }],
        },
      ],
    });
  });

  it("resolves prefixes, keeps elements of other namespaces out, joins what comments and CDATA split", () => {
    const { version, findings, statements } = readCamt("camt053-v13-prefixed");
    expect({ version, findings }).toEqual({ version: "camt.053.001.13", findings: [] });
    expect(statements[0]?.entries).toMatchObject([
      {
        amount: "1.20",
        currency: "EUR",
        status: "BANK-BOOKED",
        details: [{ endToEndId: "A&B<1>", remittance: ["café €5"] }],
      },
    ]);
  });

  it.each([
    ["camt053-utf16le", "camt.053.001.02", "U16LE", []],
    ["camt053-utf16be", "camt.053.001.02", "U16BE", []],
    ["camt053-bom-no-namespace", "camt.053", "BARE", ["NAMESPACE_MISSING"]],
  ])("reads %s", (name, version, messageId, codes) => {
    const document = readCamt(name);
    expect(document).toMatchObject({ version, messageId });
    expect(document.findings.map(({ code }) => code)).toEqual(codes);
    expect(document.statements[0]?.entries[0]?.additionalInfo).toBe("Gutschrift für Łódź € 😀");
  });

  it("keeps pages, their numbers and balances after the entries", () => {
    expect(readCamt("camt053-pages-1").statements).toMatchObject([
      { id: "A", sequence: "5", page: { number: "1", last: false }, balances: [{ type: "OPBD", direction: "DBIT" }] },
      { id: "B", sequence: "9", page: { number: "7", last: true }, entries: [] },
    ]);
    expect(readCamt("camt053-pages-2").statements).toMatchObject([
      { id: "A", page: { number: "2", last: true }, balances: [{ type: "CLBD", amount: "4.00" }] },
    ]);
  });

  it("reads camt.052 and camt.054 as it reads camt.053", () => {
    expect(readCamt("camt052-v06-intraday")).toMatchObject({
      kind: "camt.052",
      statements: [
        {
          id: "R1",
          page: { number: "1", last: true },
          entries: [{ amount: "75.00", status: "PDNG" }, { status: "INFO" }],
        },
      ],
    });
    expect(readCamt("camt054-v04-return")).toMatchObject({
      kind: "camt.054",
      statements: [{ entries: [{ batch: { count: "2" }, details: [{ return: { code: "BANK-7" } }, {}] }] }],
    });
  });
});

describe("an entry that cannot be read", () => {
  it("is there all the same, and says at itself what is wrong", () => {
    const { findings } = readCamt("camt053-strange-entries");
    const entries = entriesOf("camt053-strange-entries");
    expect(entries.map(({ findings: own = [] }) => own.map(({ code }) => code))).toEqual([
      ["AMOUNT_INVALID"],
      ["CURRENCY_MISSING", "DIRECTION_INVALID", "BOOLEAN_INVALID", "VALUE_MISSING"],
      ["VALUE_MISSING", "VALUE_MISSING"],
      ["VALUE_REPEATED"],
      ["ELEMENT_UNEXPECTED", "TEXT_UNEXPECTED", "VALUE_MISSING"],
      ["COUNT_INVALID", "VALUE_REPEATED"],
      ["VALUE_REPEATED"],
    ]);
    expect(entries.flatMap((entry) => entry.findings ?? [])).toEqual(findings);
    expect(entries.map(({ amount }) => amount)).toEqual(["1,50", "2.00", "", "3.00", "", "5.00", "6.00"]);
  });

  it("names the line and the path, and masks account numbers", () => {
    expect(readCamt("camt053-strange-entries").findings.at(-1)).toEqual({
      code: "VALUE_REPEATED",
      where: "line 14: /Document/BkToCstmrStmt/Stmt[1]/Ntry[7]/NtryDtls/TxDtls[2]/Refs/EndToEndId",
      found: '"DE89…3000"',
      expected: "one value",
    });
  });
});

describe("a status report", () => {
  it("keeps all levels, all reasons and the counts per status", () => {
    expect(read("pain002-v03-part")).toEqual({
      kind: "pain.002",
      version: "pain.002.001.03",
      messageId: "RPT-1",
      createdAt: "2026-11-20T05:00:00Z",
      findings: [],
      original: {
        messageId: "REMIT-20261120-1",
        kind: "pain.001.001.03",
        count: "3",
        sum: "300.30",
        status: "PART",
        reasons: [],
      },
      payments: [
        {
          paymentInformationId: "REMIT-20261120-1/1",
          count: "2",
          sum: "200.20",
          status: "PART",
          reasons: [],
          statusCounts: [
            { status: "ACCP", count: "1" },
            { status: "RJCT", count: "1", sum: "100.10" },
          ],
          transactions: [
            {
              endToEndId: "0012",
              instructionId: "I-2",
              status: "RJCT",
              reasons: [{ code: "AC01", info: "Kontonummer falsch" }, { code: "X17" }],
              amount: "100.10",
              currency: "EUR",
              creditor: { name: "Seller Two", iban: "DE89370400440532013000" },
            },
          ],
        },
        { paymentInformationId: "REMIT-20261120-1/2", status: "RJCT", reasons: [{ code: "DT01" }], transactions: [] },
      ],
    });
  });

  it.each([
    ["pain002-v10-payee-check", { original: { status: "RCVM" }, payments: [{ transactions: [{ status: "RVMC", reasons: [{ info: "Meier, Johanna" }], creditor: { name: "Johanna Maier" } }] }] }],
    ["pain002-hac", { original: { messageId: "EBICS" }, payments: [{ paymentInformationId: "FILE_UPLOAD", reasons: [{ code: "TS01" }] }] }],
    ["pain002-german-003-03", { version: "pain.002.003.03", original: { status: "RJCT", reasons: [{ code: "DU01" }] }, findings: [] }],
  ])("reads %s", (name, expected) => {
    expect(read(name)).toMatchObject(expected);
  }); // biome-ignore format: a table reads best as a table
});

describe("a file of our own", () => {
  it.each([
    ["pain001-v03", "pain.001.001.03"],
    ["pain001-v09", "pain.001.001.09"],
    ["pain001-german-003-03", "pain.001.003.03"],
    ["pain001-swiss", "pain.001.001.03.ch.02"],
  ])("reads %s", (name, version) => {
    expect(read(name)).toEqual({
      kind: "pain.001",
      version,
      messageId: "M-1",
      createdAt: "2026-11-20T05:00:00Z",
      count: "1",
      sum: "12.30",
      initiatingParty: "Operator",
      findings: [],
      payments: [
        {
          id: "M-1/1",
          executionDate: "2026-11-23",
          batchBooking: false,
          serviceLevel: "SEPA",
          localInstrument: "INST",
          count: "1",
          sum: "12.30",
          debtor: { name: "Operator", iban: "FR7630006000011234567890189", bic: "AGRIFRPPXXX" },
          transfers: [
            {
              endToEndId: "00001",
              instructionId: "I-1",
              amount: "12.30",
              currency: "EUR",
              creditor: {
                name: "Seller One",
                iban: "DE89370400440532013000",
                bic: "COBADEFFXXX",
                address: {
                  country: "DE",
                  town: "Berlin",
                  postCode: "10115",
                  street: "Main Street",
                  buildingNumber: "1",
                  lines: ["back yard"],
                },
              },
              remittance: "Settlement 1",
              purpose: "SUPP",
            },
          ],
        },
      ],
    });
  });
});
