import { describe, expect, it } from "vitest";
import { type CheckOptions, checkPain001 } from "../../../src/bankfiles/check/check-bank-file.ts";
import { type Pain001Transfer, splitByLimits, writePain001 } from "../../../src/bankfiles/index.ts";
import { FRENCH, messageWith, profileOf, transferWith } from "../write/sample.ts";

// The BIC of a head office ends in three X (ISO 9362); so do all in this file.
const address = { country: "FR", town: "Nice", street: "Quai", postCode: "06000" };
const transfers: readonly Pain001Transfer[] = [
  transferWith({ endToEndId: "P-1", instructionId: "I-1", creditor: { bic: "COBADEFFXXX" }, purpose: "SUPP" }),
  transferWith({ endToEndId: "P-2", amountMinor: 29n, creditor: { iban: FRENCH, address } }),
];

function written(profileName: string): string {
  const profile = { ...profileOf(profileName), address: { form: "structured" as const, requiredFor: [] } };
  const debtor = { name: "Marketplace SAS", iban: FRENCH, bic: "AGRIFRPPXXX" };
  const [file] = splitByLimits([{ debtor, executionDate: "2026-11-20", transfers }], profile);
  return [...writePain001(messageWith([], { payments: file?.payments ?? [] }), profile)].join("");
}

function codesOf(xml: string, options: CheckOptions = {}): readonly string[] {
  return checkPain001([Buffer.from(xml)], options).findings.map(({ code }) => code);
}

const xml = written("sepa");
const [line1 = ""] = /^ *<CdtTrfTxInf>.*P-1.*\n/m.exec(xml) ?? [];

type Row = readonly [what: string, code: string, change: (text: string) => string];

const FAULTS: readonly Row[] = [
  ["no end", "FILE_TRUNCATED", (text) => text.slice(0, -20)],
  ["a document type", "DOCTYPE_FORBIDDEN", (text) => text.replace("<Document", "<!DOCTYPE x><Document")],
  ["a wrong end tag", "TAG_MISMATCH", (text) => text.replace("</Nm>", "</Name>")],
  ["another message", "MESSAGE_UNKNOWN", (text) => text.replace("001.09", "001.02")],
  ["another namespace", "NAMESPACE", (text) => text.replace("urn:iso:std:iso:20022:tech:xsd:", "urn:bank:")],
  ["an element nobody knows", "ELEMENT_UNKNOWN", (text) => text.replace("<PmtMtd>", "<Extra>1</Extra><PmtMtd>")],
  ["a missing element", "ELEMENT_MISSING", (text) => text.replace(/<PmtMtd>TRF<\/PmtMtd>/, "")],
  ["a missing choice", "ELEMENT_MISSING", (text) => text.replace(/<Dt>.*<\/Dt>/, "")],
  [
    "an element twice",
    "ELEMENT_REPEATED",
    (text) => text.replace("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>TRF</PmtMtd><PmtMtd>TRF</PmtMtd>"),
  ],
  ["two of a choice", "ELEMENT_REPEATED", (text) => text.replace("</Dt>", "</Dt><DtTm>2026-11-20T10:00:00Z</DtTm>")],
  [
    "a wrong order",
    "ELEMENT_ORDER",
    (text) => text.replace(/(<PmtInfId>.*<\/PmtInfId>)\s*(<PmtMtd>TRF<\/PmtMtd>)/, "$2$1"),
  ],
  ["text between elements", "TEXT_UNEXPECTED", (text) => text.replace("<GrpHdr>", "<GrpHdr>x")],
  ["a count that is none", "VALUE_INVALID", (text) => text.replace("<NbOfTxs>2<", "<NbOfTxs>two<")],
  ["a method that is none", "VALUE_INVALID", (text) => text.replace(">TRF<", ">XYZ<")],
  ["a cheque", "EPC_METHOD", (text) => text.replace(">TRF<", ">CHK<")],
  ["a wrong count of the message", "COUNT_DIFFERS", (text) => text.replace("<NbOfTxs>2<", "<NbOfTxs>3<")],
  [
    "a wrong count of the payment",
    "COUNT_DIFFERS",
    (text) => text.replace(/(<PmtInf>.*?)<NbOfTxs>2</s, "$1<NbOfTxs>1<"),
  ],
  ["a wrong sum of the message", "SUM_DIFFERS", (text) => text.replace("<CtrlSum>12.63<", "<CtrlSum>12.62<")],
  [
    "a wrong sum of the payment",
    "SUM_DIFFERS",
    (text) => text.replace(/(<PmtInf>.*?)<CtrlSum>12.63</s, "$1<CtrlSum>12.64<"),
  ],
  ["a transfer taken out", "SUM_DIFFERS", (text) => text.replace(line1, "")],
  ["a transfer twice", "ID_DUPLICATE", (text) => text.replace(line1, line1 + line1)],
  ["an id with a slash at its end", "ID_INVALID", (text) => text.replace("P-1<", "P-1/<")],
  ["a MsgId with a letter no bank takes", "ID_INVALID", (text) => text.replace("<MsgId>MSG", "<MsgId>MÜG")],
  ["wrong check digits", "IBAN_INVALID", (text) => text.replace("DE89", "DE88")],
  ["wrong check digits of the debtor", "IBAN_INVALID", (text) => text.replace("FR76", "FR75")],
  ["a BIC of another country", "BIC_INVALID", (text) => text.replace("COBADEFF", "COBAFRFF")],
  ["three decimals", "AMOUNT_INVALID", (text) => text.replace(">0.29<", ">0.291<")],
  ["nothing to pay", "AMOUNT_RANGE", (text) => text.replace(">0.29<", ">0.00<")],
  ["another currency", "CURRENCY_NOT_TAKEN", (text) => text.replace('Ccy="EUR"', 'Ccy="USD"')],
  [
    "an unreachable country",
    "IBAN_NOT_REACHED",
    (text) =>
      text.replace("DE89370400440532013000", "TR330006100519786457841326").replace("COBADEFFXXX", "COBATRISXXX"),
  ],
  ["a letter outside the set", "CHARACTER_NOT_PERMITTED", (text) => text.replace("Anna Seller", "Anna Müller")],
  ["a name too long", "TEXT_TOO_LONG", (text) => text.replace("Anna Seller", "n".repeat(71))],
  ["a text too long", "VALUE_INVALID", (text) => text.replace("Settlement 20 November", "n".repeat(141))],
  ["two texts", "EPC_REMITTANCE", (text) => text.replace("</Ustrd>", "</Ustrd><Ustrd>b</Ustrd>")],
  [
    "text and structure",
    "REMITTANCE_TWICE",
    (text) => text.replace("</Ustrd>", "</Ustrd><Strd><CdtrRefInf><Ref>X</Ref></CdtrRefInf></Strd>"),
  ],
  [
    "a structured part of more than 140 with its tags",
    "TEXT_TOO_LONG",
    (text) =>
      text.replace(
        /<Ustrd>.*?<\/Ustrd>/,
        `<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>${"I".repeat(35)}</Issr></Tp><Ref>${"R".repeat(35)}</Ref></CdtrRefInf></Strd>`,
      ),
  ],
  ["a purpose in small letters", "PURPOSE_INVALID", (text) => text.replace(">SUPP<", ">supp<")],
  ["no payee's name", "EPC_MISSING", (text) => text.replace("<Nm>Anna Seller</Nm>", "")],
  ["no payee's account", "EPC_MISSING", (text) => text.replace(/<CdtrAcct>.*?<\/CdtrAcct>/, "")],
  [
    "a payment type in both places",
    "PAYMENT_TYPE_TWICE",
    (text) => text.replace("</PmtId>", "</PmtId><PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>"),
  ],
  ["an address without town", "ADDRESS_INCOMPLETE", (text) => text.replace("<TwnNm>Nice</TwnNm>", "")],
  [
    "an address of lines only",
    "ADDRESS_INCOMPLETE",
    (text) =>
      text.replace(
        /<PstlAdr>.*?<\/PstlAdr>/,
        "<PstlAdr><Ctry>FR</Ctry><AdrLine>Quai 1</AdrLine><AdrLine>Nice</AdrLine></PstlAdr>",
      ),
  ],
  ["an address without country", "ADDRESS_COUNTRY", (text) => text.replace("<Ctry>FR</Ctry>", "")],
  [
    "three address lines",
    "ADDRESS_LINES",
    (text) => text.replace("</Ctry>", "</Ctry><AdrLine>a</AdrLine><AdrLine>b</AdrLine><AdrLine>c</AdrLine>"),
  ],
  ["a Sunday", "EXECUTION_DATE", (text) => text.replace(">2026-11-20<", ">2026-11-22<")],
  ["a closing day of T2", "EXECUTION_DATE", (text) => text.replace(">2026-11-20<", ">2026-12-25<")],
  ["a day that does not exist", "EXECUTION_DATE", (text) => text.replace(">2026-11-20<", ">2026-02-30<")],
];

describe("checking a pain.001", () => {
  it.each(["sepa", "sepa-v03", "de", "ch"])("finds nothing in a file written by profile %s", (name) => {
    const profile = { ...profileOf(name), address: { form: "structured" as const, requiredFor: [] } };
    const result = checkPain001([Buffer.from(written(name))], { profile, now: new Date("2026-11-20T08:00:00Z") });
    expect(result).toMatchObject({
      ok: true,
      findings: [],
      notices: [],
      count: 2,
      sumMinor: 1_263n,
      messageId: "MSG-20261120-1",
    });
  });

  it.each(FAULTS)("finds %s: %s", (_what, code, change) => {
    expect(change(xml)).not.toBe(xml);
    expect(codesOf(change(xml))).toContain(code);
  });

  it("says in which line, at which element, in which transfer", () => {
    const broken = xml.replace("DE89", "DE88");
    const line = broken.split("\n").findIndex((text) => text.includes("DE88")) + 1;
    expect(checkPain001([Buffer.from(broken)]).findings).toEqual([
      {
        code: "IBAN_INVALID",
        where: `line ${line}: Document/CstmrCdtTrfInitn/PmtInf[1]/CdtTrfTxInf[1] creditor.iban P-1`,
        found: "DE88****3000",
        expected: expect.stringContaining("modulo 97"),
      },
    ]);
  });

  it("finds everything at once", () => {
    const broken = xml.replace("DE89", "DE88").replace(">0.29<", ">0.00<").replace("<NbOfTxs>2<", "<NbOfTxs>7<");
    expect(codesOf(broken)).toEqual(["IBAN_INVALID", "AMOUNT_RANGE", "SUM_DIFFERS", "COUNT_DIFFERS", "SUM_DIFFERS"]);
  });

  it("reads the same from pieces of any size", () => {
    const bytes = Buffer.from(xml);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_none, index) =>
      bytes.subarray(index * 7, index * 7 + 7),
    );
    expect(checkPain001(pieces)).toEqual(checkPain001([bytes]));
  });

  it.each([
    ["the version", "sepa-v03", "VERSION_NOT_TAKEN"],
    ["an address where none is sent", "sepa", "ADDRESS_NOT_TAKEN"],
    ["an ordinary transfer where all are instant", "sepa-instant", "SERVICE_NOT_TAKEN"],
  ])("checks %s by the bank's profile", (_what, name, code) => {
    expect(codesOf(xml, { profile: profileOf(name) })).toContain(code);
  });

  it("counts by the bank's limits", () => {
    const profile = { ...profileOf("sepa"), address: { form: "structured" as const, requiredFor: [] } };
    const limits = { ...profile.limits, transfersPerFile: 1, transfersPerPayment: 1 };
    expect(codesOf(xml, { profile: { ...profile, limits } })).toEqual(["TRANSFERS_LIMIT", "TRANSFERS_LIMIT"]);
  });

  it("gives notice of what is unusual but no fault", () => {
    const unusual = xml
      .replace("<CdtrAgt>", "<IntrmyAgt1><FinInstnId/></IntrmyAgt1><CdtrAgt>")
      .replace("AGRIFRPPXXX", "A1RIFRPPXXX");
    const result = checkPain001([Buffer.from(unusual)], { now: new Date("2026-11-25T08:00:00Z") });
    expect(result.findings).toEqual([]);
    expect(result.notices.map(({ code }) => code).sort()).toEqual([
      "BIC_DIGITS",
      "ELEMENT_OUTSIDE_EPC",
      "EXECUTION_DATE_MOVES",
    ]);
  });

  it("keeps no more findings than asked for", () => {
    const broken = xml.replace("DE89", "DE88").replace(">0.29<", ">0.00<");
    expect(codesOf(broken, { maxFindings: 1 })).toHaveLength(1);
  });
});
