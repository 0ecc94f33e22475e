import { describe, expect, it } from "vitest";
import { profileNames } from "../../../src/app/bank-profiles.ts";
import {
  type BankProfile,
  checkMessage,
  checkTransfers,
  type Pain001Transfer,
  splitByLimits,
  writePain001,
} from "../../../src/bankfiles/index.ts";
import { FRENCH, GERMAN, messageWith, NOW, profileOf, SWISS, SWISS_QR, transferWith } from "./sample.ts";

const address = { country: "DE", town: "Köln", postCode: "50667", street: "Domkloster & Söhne", buildingNumber: "4" };

/** Every shape of a transfer that the profile's services have. */
function transfersFor(profile: BankProfile): readonly Pain001Transfer[] {
  const instant = profile.services.some((service) => service.instant);
  const { remittance: _none, ...bare } = transferWith({ endToEndId: "P-1", amountMinor: 29n });
  const all: Pain001Transfer[] = [
    bare,
    transferWith({
      endToEndId: "P-2",
      instructionId: "I-2",
      creditor: { bic: "COBADEFFXXX", name: "Łukasz Größe & Çağ" },
      purpose: "SUPP",
    }),
    transferWith({ endToEndId: "P-3", creditor: { iban: FRENCH, address }, remittance: "Zahlung\nNr. 5 <März>" }),
    { ...bare, endToEndId: "P-4", structuredReference: "RF18539007547034" },
    {
      ...bare,
      endToEndId: "P-5",
      structuredReference: "NATIONAL/123",
      creditor: { ...bare.creditor, address: { country: "FR", town: "Nice" } },
    },
  ];
  if (instant) all.push(transferWith({ endToEndId: "P-6", instant: true, amountMinor: 99_999_999_999n }));
  if (profile.name === "ch") {
    all.push(transferWith({ endToEndId: "P-7", currency: "CHF", creditor: { iban: SWISS } }));
    all.push({
      ...bare,
      endToEndId: "P-8",
      currency: "CHF",
      creditor: { name: "Robert Schneider AG", iban: SWISS_QR },
      structuredReference: "210000000003139471430009017",
    });
  }
  return all;
}

function filesOf(profile: BankProfile): readonly string[] {
  const iban = profile.name === "ch" ? "CH5604835012345678009" : FRENCH;
  const debtor = { name: "Marché & Cie", iban };
  const transfers = transfersFor(profile);
  expect(checkTransfers(transfers, profile)).toEqual([]);
  return splitByLimits([{ debtor, executionDate: "2026-11-20", transfers }], profile).map(({ payments }, index) => {
    const message = messageWith([], {
      messageId: `GOLD-${index + 1}`,
      initiatingParty: { name: debtor.name },
      payments,
    });
    expect(checkMessage(message, profile)).toEqual([]);
    return [...writePain001(message, profile)].join("");
  });
}

describe("writing pain.001", () => {
  it.each(profileNames())("writes the golden files of profile %s, byte for byte", async (name) => {
    for (const [index, xml] of filesOf(profileOf(name)).entries()) {
      await expect(xml).toMatchFileSnapshot(`golden/${name}-${index + 1}.xml`);
    }
  });

  it("makes the same bytes of the same input, and never looks at the clock", () => {
    expect(filesOf(profileOf("sepa"))).toEqual(filesOf(profileOf("sepa")));
  });

  it("begins with a declaration in double quotes and no byte order mark, and escapes what it must", () => {
    const [xml = ""] = filesOf(profileOf("ch"));
    expect(xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<Document ')).toBe(true);
    expect(xml).toContain("Domkloster &amp; Söhne");
    expect(xml).toContain("Nr. 5 &lt;März&gt;");
  });

  it("writes a name that looks escaped as it is", () => {
    const message = messageWith([transferWith({ creditor: { name: "A &amp; B" } })], {
      initiatingParty: { name: "C &amp; $& D" },
    });
    const xml = [...writePain001(message, profileOf("ch"))].join("");
    expect(xml).toContain("<Nm>A &amp;amp; B</Nm>");
    expect(xml).toContain("<Nm>C &amp;amp; $&amp; D</Nm>");
  });

  it("names the initiating party as the profile says", () => {
    const sepa = profileOf("sepa");
    const party = {
      name: "Contract Holder",
      id: "C-123",
      scheme: "BANK",
      issuer: "My bank",
      lei: "529900T8BM49AURSDO55",
    };
    const message = messageWith([transferWith()]);
    const xml = [...writePain001(message, { ...sepa, initiatingParty: party })].join("").replace(/\s+/g, "");
    expect(xml).toContain(
      "<InitgPty><Nm>ContractHolder</Nm><Id><OrgId><LEI>529900T8BM49AURSDO55</LEI><Othr><Id>C-123</Id>" +
        "<SchmeNm><Cd>BANK</Cd></SchmeNm><Issr>Mybank</Issr></Othr></OrgId></Id></InitgPty>",
    );
  });

  it.each([
    ["omit", undefined],
    ["optional", undefined],
    ["NOTPROVIDED", "<CdtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></CdtrAgt>"],
  ] as const)("writes an unknown creditor's bank in the form %s", (creditor, element) => {
    const sepa = profileOf("sepa");
    const profile = { ...sepa, agents: { ...sepa.agents, creditor } };
    const xml = [...writePain001(messageWith([transferWith()]), profile)].join("");
    expect(xml.includes("CdtrAgt")).toBe(element !== undefined);
    if (element !== undefined) expect(xml).toContain(element);
  });

  it("sums exactly where floating point would not: a hundred times 0.29", () => {
    const transfers = Array.from({ length: 100 }, (_none, index) =>
      transferWith({ endToEndId: `P${index}`, amountMinor: 29n }),
    );
    const xml = [...writePain001(messageWith(transfers), profileOf("sepa"))].join("");
    expect(xml.match(/<CtrlSum>29.00<\/CtrlSum>/g)).toHaveLength(2);
    expect(xml.match(/<NbOfTxs>100<\/NbOfTxs>/g)).toHaveLength(2);
  });

  it("stops when the transfers are not those that were announced", () => {
    const payments = [
      {
        executionDate: "2026-11-20",
        debtor: { name: "M", iban: FRENCH },
        transfers: [transferWith()],
        count: 2,
        sumMinor: 2_468n,
      },
    ];
    expect(() => [...writePain001(messageWith([], { payments }), profileOf("sepa"))]).toThrow(/as announced/);
  });

  it("refuses an empty payment and a service the bank has not", () => {
    expect(() => [...writePain001(messageWith([]), profileOf("sepa"))]).toThrow(/no transfers/);
    const payments = [
      { executionDate: "2026-11-20", debtor: { name: "M", iban: FRENCH }, transfers: [transferWith()], service: "x" },
    ];
    expect(() => [...writePain001(messageWith([], { payments }), profileOf("sepa"))]).toThrow(/sct, instant/);
  });
});

describe("checking what stands above the transfers", () => {
  const batch = { executionDate: "2026-11-20", debtor: { name: "M SAS", iban: FRENCH }, transfers: [transferWith()] };
  it.each([
    ["an id that is none", { messageId: "A_B" }, "ID_INVALID", "messageId"],
    ["no initiating party", { initiatingParty: { name: " " } }, "TEXT_EMPTY", "initiatingParty.name"],
    ["no payments", { payments: [] }, "PAYMENTS_LIMIT", "payments"],
    [
      "a wrong debtor account",
      { payments: [{ ...batch, debtor: { name: "M", iban: `${GERMAN}1` } }] },
      "IBAN_INVALID",
      "payments[0].debtor.iban",
    ],
    [
      "a wrong debtor BIC",
      { payments: [{ ...batch, debtor: { ...batch.debtor, bic: "COBADEFF" } }] },
      "BIC_INVALID",
      "payments[0].debtor.bic",
    ],
    [
      "a Sunday",
      { payments: [{ ...batch, executionDate: "2026-11-22" }] },
      "EXECUTION_DATE",
      "payments[0].executionDate",
    ],
    [
      "a past day",
      { payments: [{ ...batch, executionDate: "2026-11-19" }] },
      "EXECUTION_DATE",
      "payments[0].executionDate",
    ],
    [
      "two payments of one id",
      {
        payments: [
          { ...batch, paymentInformationId: "x" },
          { ...batch, paymentInformationId: "X" },
        ],
      },
      "ID_DUPLICATE",
      "payments[1].paymentInformationId",
    ],
    ["too many transfers", { payments: [{ ...batch, count: 100_001 }] }, "TRANSFERS_LIMIT", "payments[0]"],
    ["an unknown service", { payments: [{ ...batch, service: "x" }] }, "SERVICE_UNKNOWN", "payments[0].service"],
  ] as const)("finds %s", (_what, change, code, where) => {
    const found = checkMessage(messageWith([transferWith()], { ...change, createdAt: NOW }), profileOf("sepa"));
    expect(found.map((finding) => [finding.code, finding.where])).toContainEqual([code, where]);
  });
});
