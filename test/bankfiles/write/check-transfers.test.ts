import { describe, expect, it } from "vitest";
import { checkTransfers, inspectTransfers } from "../../../src/bankfiles/write/check-transfers.ts";
import { FRENCH, GERMAN, profileOf, SWISS, SWISS_QR, type TransferChange, transferWith } from "./sample.ts";

type Row = readonly [what: string, profile: string, change: TransferChange];
type Refused = readonly [...Row, code: string, field: string];

const chf: TransferChange = { currency: "CHF", creditor: { iban: SWISS } };
const address = { country: "DE", town: "Köln" };

const ACCEPTED: readonly Row[] = [
  ["a plain transfer", "sepa", {}],
  ["the smallest amount", "sepa", { amountMinor: 1n }],
  ["the largest amount", "sepa", { amountMinor: 99_999_999_999n }],
  ["an instant transfer above the old cap of 100,000", "sepa", { instant: true, amountMinor: 10_000_001n }],
  ["an id that begins with zeros", "sepa", { endToEndId: "00012" }],
  ["a second id", "sepa", { instructionId: "I-1" }],
  ["a name of 70 characters", "sepa", { creditor: { name: "n".repeat(70) } }],
  ["a text of 140 characters", "sepa", { remittance: "r".repeat(140) }],
  ["no text at all", "sepa", { remittance: "" }],
  ["a BIC of 8 characters", "sepa", { creditor: { bic: "COBADEFF" } }],
  ["a BIC with digits in version 09", "sepa", { creditor: { bic: "E097DEXX" } }],
  ["a BIC of a French territory", "sepa", { creditor: { iban: FRENCH, bic: "AGRIRERXXXX" } }],
  ["a creditor reference", "sepa", { remittance: "", structuredReference: "RF18539007547034" } as TransferChange],
  ["a purpose", "sepa", { purpose: "SUPP" }],
  ["an account in Albania", "sepa", { creditor: { iban: "AL05038266184938722817762272" } }],
  ["an address that the bank does not get", "sepa", { creditor: { address: { country: "??", town: "" } } }],
  ["a structured address", "ch", { ...chf, creditor: { iban: SWISS, address } }],
  ["Swiss francs at home", "ch", chf],
  ["euros from Switzerland", "ch", {}],
  ["address lines in version 03", "de-v03", { creditor: { address: { ...address, lines: ["Weg 1", "50667 Köln"] } } }],
];

const REFUSED: readonly Refused[] = [
  ["an amount of zero", "sepa", { amountMinor: 0n }, "AMOUNT_RANGE", "amount"],
  ["a negative amount", "sepa", { amountMinor: -1n }, "AMOUNT_RANGE", "amount"],
  ["a billion", "sepa", { amountMinor: 100_000_000_000n }, "AMOUNT_RANGE", "amount"],
  ["another currency", "sepa", { currency: "USD" }, "CURRENCY_NOT_TAKEN", "currency"],
  ["an empty id", "sepa", { endToEndId: "" }, "ID_INVALID", "endToEndId"],
  ["an id of 36 characters", "sepa", { endToEndId: "x".repeat(36) }, "ID_INVALID", "endToEndId"],
  ["an id with an umlaut", "sepa", { endToEndId: "A-Ü-B" }, "ID_INVALID", "endToEndId"],
  ["an id that ends with a slash", "sepa", { endToEndId: "A/" }, "ID_INVALID", "endToEndId"],
  ["a wrong second id", "sepa", { instructionId: "a//b" }, "ID_INVALID", "instructionId"],
  ["wrong check digits", "sepa", { creditor: { iban: "DE88370400440532013000" } }, "IBAN_INVALID", "creditor.iban"],
  ["check digits 00", "sepa", { creditor: { iban: "DE00370400440532013000" } }, "IBAN_INVALID", "creditor.iban"],
  [
    "an IBAN with spaces",
    "sepa",
    { creditor: { iban: "DE89 3704 0044 0532 0130 00" } },
    "IBAN_INVALID",
    "creditor.iban",
  ],
  [
    "an account in Turkey",
    "sepa",
    { creditor: { iban: "TR330006100519786457841326" } },
    "IBAN_NOT_REACHED",
    "creditor.iban",
  ],
  ["a malformed BIC", "sepa", { creditor: { bic: "COBADEF" } }, "BIC_INVALID", "creditor.bic"],
  ["NOTPROVIDED as a BIC", "sepa", { creditor: { bic: "NOTPROVIDED" } }, "BIC_INVALID", "creditor.bic"],
  ["a BIC of another country", "sepa", { creditor: { bic: "AGRIFRPPXXX" } }, "BIC_INVALID", "creditor.bic"],
  ["a BIC with digits in version 03", "sepa-v03", { creditor: { bic: "E097DEXX" } }, "BIC_INVALID", "creditor.bic"],
  ["no name", "sepa", { creditor: { name: " \n " } }, "TEXT_EMPTY", "creditor.name"],
  ["a name of 71 characters", "sepa", { creditor: { name: "n".repeat(71) } }, "TEXT_TOO_LONG", "creditor.name"],
  ["a name too long when written out", "de", { creditor: { name: "ü".repeat(36) } }, "TEXT_TOO_LONG", "creditor.name"],
  ["a name no bank could show", "sepa", { creditor: { name: "你好" } }, "NAME_UNREADABLE", "creditor.name"],
  ["a text of 141 characters", "sepa", { remittance: "r".repeat(141) }, "TEXT_TOO_LONG", "remittance"],
  ["a text too long when converted", "sepa", { remittance: `${"r".repeat(139)}Щ` }, "TEXT_TOO_LONG", "remittance"],
  ["text and reference", "sepa", { structuredReference: "RF18539007547034" }, "REMITTANCE_TWICE", "remittance"],
  [
    "a wrong reference",
    "sepa",
    { structuredReference: "RF68539007547034" },
    "REFERENCE_INVALID",
    "structuredReference",
  ],
  ["a purpose in small letters", "sepa", { purpose: "supp" }, "PURPOSE_INVALID", "purpose"],
  ["a category purpose as purpose", "sepa", { purpose: "DIVI" }, "PURPOSE_INVALID", "purpose"],
  ["no instant ones at this bank", "ch", { instant: true }, "SERVICE_NOT_TAKEN", "instant"],
  ["only instant ones at this bank", "sepa-instant", { instant: false }, "SERVICE_NOT_TAKEN", "instant"],
  ["Swiss francs to Germany", "ch", { currency: "CHF" }, "IBAN_NOT_REACHED", "creditor.iban"],
  [
    "a QR-IBAN without its reference",
    "ch",
    { ...chf, creditor: { iban: SWISS_QR } },
    "REFERENCE_INVALID",
    "structuredReference",
  ],
  ["a QR-IBAN in euros", "sepa", { creditor: { iban: SWISS_QR } }, "REFERENCE_INVALID", "structuredReference"],
  [
    "a QR reference for a plain account",
    "ch",
    { ...chf, structuredReference: "210000000003139471430009017" },
    "REFERENCE_INVALID",
    "structuredReference",
  ],
  [
    "no town",
    "ch",
    { creditor: { address: { country: "DE", town: "" } } },
    "ADDRESS_INCOMPLETE",
    "creditor.address.town",
  ],
  [
    "no country",
    "ch",
    { creditor: { address: { ...address, country: "" } } },
    "ADDRESS_COUNTRY",
    "creditor.address.country",
  ],
  [
    "a country that is none",
    "ch",
    { creditor: { address: { ...address, country: "ZZ" } } },
    "ADDRESS_COUNTRY",
    "creditor.address.country",
  ],
  [
    "lines in a structured address",
    "ch",
    { creditor: { address: { ...address, lines: ["x"] } } },
    "ADDRESS_LINES",
    "creditor.address.lines",
  ],
  [
    "a street of 71",
    "ch",
    { creditor: { address: { ...address, street: "s".repeat(71) } } },
    "TEXT_TOO_LONG",
    "creditor.address.street",
  ],
  [
    "a town of 36",
    "ch",
    { creditor: { address: { ...address, town: "t".repeat(36) } } },
    "TEXT_TOO_LONG",
    "creditor.address.town",
  ],
  [
    "a house number of 17",
    "ch",
    { creditor: { address: { ...address, buildingNumber: "1".repeat(17) } } },
    "TEXT_TOO_LONG",
    "creditor.address.buildingNumber",
  ],
  [
    "three lines",
    "de-v03",
    { creditor: { address: { ...address, lines: ["a", "b", "c"] } } },
    "ADDRESS_LINES",
    "creditor.address.lines",
  ],
];

describe("checking transfers", () => {
  it.each(ACCEPTED)("takes %s (%s)", (_what, profile, change) => {
    const { remittance, ...rest } = transferWith(change);
    const transfer =
      rest.structuredReference === undefined
        ? transferWith(change)
        : { ...rest, ...(remittance ? { remittance } : {}) };
    expect(checkTransfers([transfer], profileOf(profile))).toEqual([]);
  });

  it.each(REFUSED)("refuses %s (%s)", (_what, profile, change, code, field) => {
    const findings = checkTransfers([transferWith(), transferWith(change)], { ...profileOf(profile) });
    const found = findings.filter((finding) => finding.index === 1);
    expect(found.map((finding) => [finding.code, finding.field])).toContainEqual([code, field]);
  });

  it("names the transfer, the field, what was found and what is allowed, for all transfers at once", () => {
    const findings = checkTransfers(
      [
        transferWith({
          endToEndId: "P-1",
          amountMinor: 0n,
          creditor: { name: "x".repeat(80), iban: "DE88370400440532013000" },
        }),
        transferWith({ endToEndId: "P-2" }),
        transferWith({ endToEndId: "P-3", currency: "USD" }),
      ],
      profileOf("sepa"),
    );
    expect(findings.map(({ where, code }) => [where, code])).toEqual([
      ["transfers[0] P-1: creditor.iban", "IBAN_INVALID"],
      ["transfers[0] P-1: amount", "AMOUNT_RANGE"],
      ["transfers[0] P-1: creditor.name", "TEXT_TOO_LONG"],
      ["transfers[2] P-3: currency", "CURRENCY_NOT_TAKEN"],
    ]);
    expect(findings[0]?.found).toBe("DE88****3000");
    expect(findings[1]).toMatchObject({ found: "0.00", expected: "0.01 to 999999999.99 EUR" });
  });

  it("finds ids used twice without regard to case, and says who has them", () => {
    const ids = ["A1", "B1", "a1", "B1", "C1", "A1"];
    const findings = checkTransfers(
      ids.map((endToEndId) => transferWith({ endToEndId })),
      profileOf("sepa"),
    );
    expect(findings.map(({ index, code, expected }) => [index, code, expected.match(/transfers\[\d\]/)?.[0]])).toEqual([
      [2, "ID_DUPLICATE", "transfers[0]"],
      [3, "ID_DUPLICATE", "transfers[1]"],
      [5, "ID_DUPLICATE", "transfers[0]"],
    ]);
  });

  it("finds no duplicate among a hundred thousand different ids, and one when there is one", () => {
    const transfers = Array.from({ length: 100_000 }, (_none, index) => transferWith({ endToEndId: `P${index}` }));
    expect(inspectTransfers(transfers, profileOf("sepa"))).toEqual({
      findings: [],
      count: 100_000,
      sumMinor: 123_400_000n,
    });
    const last = transferWith({ endToEndId: "p77777" });
    expect(checkTransfers([...transfers, last], profileOf("sepa")).map(({ index }) => index)).toEqual([100_000]);
  });

  it("keeps no more findings than asked for", () => {
    const transfers = Array.from({ length: 50 }, (_none, index) =>
      transferWith({ endToEndId: `P${index}`, amountMinor: 0n }),
    );
    expect(checkTransfers(transfers, profileOf("sepa"), { maxFindings: 7 })).toHaveLength(7);
  });

  it("asks for a BIC and an address where the profile does", () => {
    const sepa = profileOf("sepa");
    const strict = {
      ...sepa,
      agents: { ...sepa.agents, creditor: "required" as const },
      address: { form: "structured" as const, requiredFor: ["CH"] },
    };
    const codes = (iban: string) =>
      checkTransfers([transferWith({ creditor: { iban } })], strict).map(({ code }) => code);
    expect(codes(SWISS)).toEqual(["BIC_MISSING", "ADDRESS_MISSING"]);
    expect(codes(GERMAN)).toEqual(["BIC_MISSING"]);
  });
});
