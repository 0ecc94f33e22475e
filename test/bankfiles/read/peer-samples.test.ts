/** Real files and peers' files, where they are there: nothing in them is lost, and what was looked up by hand is so. */
import { describe, expect, it } from "vitest";
import type { BankDocument } from "../../../src/bankfiles/read/document.ts";
import { readBankFile } from "../../../src/bankfiles/read/read-bank-file.ts";
import { hasPeers, peerSample } from "./sample-folder.ts";

/** Per file: the codes of its findings, and values found in it by hand. */
const FILES: readonly (readonly [string, readonly string[], object])[] = [
  ["camt.052/genkgo__camt052.v8.xml", [], { version: "camt.052.001.08", statements: [{ sequence: "12312", account: { other: "CH2801234000123456789" }, entries: [{ amount: "200000", currency: "SEK", batch: { messageId: "FINP-0055", paymentInformationId: "FINP-0055-001", count: "20" }, code: { subFamily: "XBCT" } }] }] }],
  ["camt.053/genkgo__camt053.v2.multi.statement.xml", [], { messageId: "CAMT053RIB000000000001", statements: [{ id: "253EURNL26VAYB8060476890", entries: [{ amount: "8.85", reversal: false, code: { proprietary: "544" }, details: [{ endToEndId: "000000001", creditor: { name: "Company Name 1", iban: "NL56AGDH9619008421" } }] }] }, { id: "254EURNL26VAYB8060476890" }] }],
  ["camt.053/genkgo__camt053.v8.xml", [], { statements: [{ page: { number: "2", last: true }, balances: [{ type: "OPBD", amount: "18.15" }, { type: "CLBD", currency: "SEK", direction: "DBIT" }, { type: "OPAV" }, { type: "CLAV", amount: "2700", currency: "JPY" }], entries: [{ bookingDate: "2014-12-31T13:15:00+01:00", servicerReference: "AAAASESS-FP-CN_98765/01", details: [{ endToEndId: "MUELL/FINP/RA12345", amount: "0", currency: "SEK", debtor: { name: "NAME NAME" }, creditor: { name: "Company Name" }, remittance: ["4654654654654654"] }] }] }] }],
  ["camt.053/iso20022js__nordea__example_camt.xml", [], { statements: [{ id: "2019-05-09-04.44.12-EUR0574", sequence: "25", balances: [{ amount: "200.50" }, { amount: "8800.50" }], entries: [{ reference: "1", details: [{ servicerReference: "1905082588CEAA0001", endToEndId: "20190501-E00005", amount: "10000.00", remittance: ["00000000000000001245"] }] }, {}, {}, {}, {}, {}] }] }],
  ["camt.053/libeufin__gls_camt053.xml", ["VALUE_MISSING", "VALUE_MISSING", "VALUE_MISSING"], { statements: [{ account: {}, entries: [{ amount: "2.00", additionalInfo: "Überweisungsauftrag", details: [{ messageId: "G059N0SR5V0WZ0XSFY1H92QBZ0", paymentInformationId: "NOTPROVIDED", transactionId: "2024041785403105090200000010000001", code: { proprietary: "NTRF+177+08381" } }] }, { valueDate: "2024-04-18" }, {}, { code: { subFamily: "RRTN" }, details: [{ return: { code: "AC01", info: "IBAN ..." } }] }] }] }],
  ["camt.053/viafintech__valid_example_with_batch.xml", [], { statements: [{ entries: [{ batch: { messageId: "02453b1e17c11241073a777ad9c273b4149", paymentInformationId: "O0OpeAYTkhjerKu3eE9asw", count: "3" }, details: [] }, { amount: "2688.00" }, { details: [{ debtor: { name: "Bedrijf BV", bic: "INGBNL2A" } }] }] }] }],
  ["camt.054/genkgo__camt054.v8.xml", [], { statements: [{ entries: [{ batch: { count: "2", total: "6.3" }, details: [{ amount: "3.1" }, { amount: "3.2" }, { remittance: { length: 6 } }] }] }] }],
  ["camt.054/libeufin__9_camt054_Return_Detailavisierung_mit_Sammelbuchung_v2009.xml", [], { statements: [{ page: { number: "1", last: true }, entries: [{ servicerReference: "086820002PBWFX2U", details: [{ servicerReference: "180327CH02P92DYD", instructionId: "InstrId-004-01-01", return: { code: "AC01", info: "Kontonummer falsch" } }] }] }] }],
  ["pain.001/hbci4java__test-pain-parse-00100109.xml", ["VALUE_MISSING"], { kind: "pain.001", version: "pain.001.001.09", payments: [] }],
  ["pain.001/php-sepa-xml__pain.001.001.03.xml", [], { sum: "12.34", payments: [{ executionDate: "2025-08-19", debtor: { bic: "BANKBGFFXXX" }, transfers: [{ endToEndId: "SomethingUnique", creditor: { address: { street: "Some Street", country: "BG" } }, remittance: "CdtrRefInf-Ref" }] }] }],
  ["pain.001/sepa_rator__pain.001.001.09.xml", [], { payments: [{ batchBooking: true, executionDate: "1999-01-01", transfers: [{ endToEndId: "XYZ-1234/123", amount: "102.50", creditor: { name: "Telekomiker AG", bic: "PBNKDEFF370" } }] }] }],
  ["pain.002/corporatejs__nordea_fi_accp.xml", [], { original: { status: "ACCP" }, payments: [{ status: "ACCP", statusCounts: [{ status: "ACCP", count: "1", sum: "90.08" }], transactions: [{ amount: "90.08", reasons: [] }] }] }],
  ["pain.002/corporatejs__nordea_fi_part_accepted_and_rejected.xml", [], { original: { status: "PART" }, payments: [{ status: "PART", transactions: [{ instructionId: "201401115UTH00000154", endToEndId: "TEST PMT", status: "RJCT", reasons: [{ code: "NARR", info: "Viite virheellinen" }] }] }, { status: "RJCT", reasons: [{ code: "DT01" }] }, { status: "ACCP" }, { sum: "500000.11", transactions: [] }] }],
  ["pain.002/iso20022js__nordea__pain_002_v3_txn_reject.xml", [], { original: { messageId: "MSGID-950-TEST2-2807-01" }, payments: [{ status: "RJCT", transactions: [{ endToEndId: "ENDTOENDID-950-TEST2-2807-02" }, { instructionId: "INSTRID-950-TEST2-2807-01" }] }] }],
  ["pain.002/libeufin__3_pain002_B-Level_und_C-Level_RJCT_ISO2019_v2019.xml", [], { original: { kind: "pain.001.001.09.ch.03" }, payments: [{ reasons: [{ code: "AC01" }], transactions: [] }] }],
  ["pain.002/viafintech__valid_example_001.10.xml", [], { original: { kind: "pain.008.001.08" }, payments: [{ transactions: [{ amount: "6543.14", creditor: { name: "Creditor Name", iban: "DE21500500009876543210", bic: "BANKDEFFXXX" } }] }] }],
]; // biome-ignore format: a table reads best as a table

function read(name: string): BankDocument {
  const result = readBankFile(peerSample(name));
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.document;
}

/** All values of a key, wherever it is. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === key ? [inner] : valuesOf(inner, key)));
}

function inText(name: string, pattern: RegExp): string[] {
  return [...peerSample(name).toString("utf8").matchAll(pattern)].map((match) => match[1] ?? "");
}

describe.skipIf(!hasPeers)("files of others", () => {
  it.each(FILES)("%s says what stands in it", (name, codes, expected) => {
    const document = read(name);
    expect(document).toMatchObject(expected);
    expect(document.findings.map(({ code }) => code)).toEqual(codes);
  });

  it.each(FILES)("%s loses no entry, no details, no reference", (name) => {
    const document = read(name);
    const entries = valuesOf(document, "entries").flat();
    expect(entries).toHaveLength(inText(name, /<(Ntry)>/g).length);
    expect(valuesOf(entries, "details").flat()).toHaveLength(inText(name, /<(TxDtls)>/g).length);
    expect(valuesOf(document, "endToEndId")).toEqual(inText(name, /<\w*EndToEndId>([^<]+)</g));
    expect(valuesOf(document, "transactions").flat()).toHaveLength(inText(name, /<(TxInfAndSts)>/g).length);
  });
});
