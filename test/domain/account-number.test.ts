import { describe, expect, it } from "vitest";
import {
  bicForIbanProblem,
  bicProblem,
  ibanProblem,
  isSepaIban,
  maskIban,
  normalizeIban,
  sepaCountryOf,
} from "../../src/domain/account-number.ts";

/** One made-up account per SEPA country, check digits right. */
const SEPA_ACCOUNTS = [
  "AD1967901636631338702393",
  "AL05038266184938722817762272",
  "AT869503070057162138",
  "BE04911847273268",
  "BG29ETBR40417662847154",
  "CH7068757489179955325",
  "CY28995433447334366688276184",
  "CZ2378502431787422585051",
  "DE66910580048018304043",
  "DK9017692922451892",
  "EE596779354818158300",
  "ES1417309593785013843049",
  "FI2160566171150864",
  "FR9439352933346296558743207",
  "GB36MNEG08713844707066",
  "GI06JECS725385485543252",
  "GR4277781644845202310717135",
  "HR0872555366513004725",
  "HU57537636139130639301083844",
  "IE31YERW50068779371409",
  "IS386098062819992682632240",
  "IT70F8719387929628184453230",
  "LI7945017310327151428",
  "LT048980092051940213",
  "LU101913916404284302",
  "LV69PBTC7127523762163",
  "MC4398662876571920351549889",
  "MD2298083773349299667815",
  "ME04098666187153982514",
  "MK92701148039738962",
  "MT80HKBS94004026552811986614487",
  "NL54NTXH1429602385",
  "NO2430057948425",
  "PL85268374887267940533184294",
  "PT60786590265614389593657",
  "RO02YHMM8850198126321674",
  "RS22020252024163145157",
  "SE5661634690881201899745",
  "SI47592462909058740",
  "SK2498615510212001743615",
  "SM40Z4720045009335442148996",
  "VA60618668614990823714",
];

describe("an IBAN", () => {
  it.each(SEPA_ACCOUNTS)("%s is valid and in SEPA", (iban) => {
    expect(ibanProblem(iban)).toBeUndefined();
    expect(isSepaIban(iban)).toBe(true);
    expect(sepaCountryOf(iban)?.country).toBe(iban.slice(0, 2));
  });

  it("names every country of SEPA once: 41 and Gibraltar", () => {
    expect(new Set(SEPA_ACCOUNTS.map((iban) => sepaCountryOf(iban)?.name)).size).toBe(42);
  });

  it.each([
    ["TR330006100519786457841326", "Turkey"],
    ["UA213223130000026007233566001", "Ukraine"],
    ["FO6264600001631634", "Faroe Islands"],
    ["GL8964710001000206", "Greenland"],
    ["XK051212012345678906", "Kosovo"],
    ["EG380019000500000000263180002", "Egypt"],
  ])("%s of %s is valid but outside SEPA", (iban) => {
    expect(ibanProblem(iban)).toBeUndefined();
    expect(isSepaIban(iban)).toBe(false);
  });

  it.each([
    ["", "begins with two letters"],
    ["DE", "begins with two letters"],
    ["DE89 3704 0044 0532 0130 00", "without spaces"],
    ["de89370400440532013000", "begins with two letters"],
    ["DE8937040044053201300Ö", "begins with two letters"],
    ["US64370400440532013000", "US is not in it"],
    ["ZZ64370400440532013000", "ZZ is not in it"],
    ["DE8937040044053201300", "has 22 characters, this one has 21"],
    ["DE893704004405320130000", "has 22 characters, this one has 23"],
    ["EG3800190005000000002631800021", "has 29 characters, this one has 30"],
    ["DE8937040044053201300A", "8!n10!n"],
    ["NL91ABN10417164300", "4!a10!n"],
    ["DE00370400440532013000", "between 02 and 98"],
    ["DE01370400440532013000", "between 02 and 98"],
    ["DE99370400440532013000", "between 02 and 98"],
    ["DE88370400440532013000", "modulo 97"],
    ["DE89370400440532013001", "modulo 97"],
    ["DE89370400440532031000", "modulo 97"],
  ])("%j is refused: %s", (iban, says) => {
    expect(ibanProblem(iban)).toContain(says);
  });

  it("is refused with check digits that modulo 97 alone would accept: 00 for 97, 01 for 98, 99 for 02", () => {
    const twins = { "97": "00", "98": "01", "02": "99" } as const;
    for (const [right, wrong] of Object.entries(twins)) {
      const body = Array.from({ length: 1000 }, (_, n) => `37040044${String(n).padStart(10, "0")}`).find(
        (bban) => ibanProblem(`DE${right}${bban}`) === undefined,
      );
      expect(body).toBeDefined();
      expect(ibanProblem(`DE${wrong}${body}`)).toContain("between 02 and 98");
    }
  });

  it("never repeats the account number in what it says", () => {
    for (const iban of SEPA_ACCOUNTS) {
      const broken = `${iban.slice(0, -1)}${iban.endsWith("0") ? "1" : "0"}`;
      expect(ibanProblem(broken)).not.toContain(iban.slice(4, 12));
    }
  });

  it.each([
    [" de89 3704 0044 0532 0130 00\n", "DE89370400440532013000"],
    ["FR14\u00a02004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"],
  ])("%j is normalised to %s", (text, iban) => {
    expect(normalizeIban(text)).toBe(iban);
  });

  it.each([
    ["DE89370400440532013000", "DE89****3000"],
    ["de89 3704 0044 0532 0130 00", "DE89****3000"],
    ["12345678901", "****"],
    ["", "****"],
  ])("%j is shown as %s", (iban, masked) => {
    expect(maskIban(iban)).toBe(masked);
  });
});

describe("a BIC", () => {
  it.each(["COBADEFF", "COBADEFFXXX", "BNPAFRPPMAR", "E097AEXX", "NTSBDEB1", "REVOLT21", "NLBKXKPR"])(
    "%s is well formed",
    (bic) => {
      expect(bicProblem(bic)).toBeUndefined();
    },
  );

  it.each([
    ["", "8 or 11"],
    ["COBADEF", "8 or 11"],
    ["COBADEFFX", "8 or 11"],
    ["COBADEFFXXXX", "8 or 11"],
    ["cobadeff", "8 or 11"],
    ["COBA1EFF", "8 or 11"],
    ["COBAQQFF", "QQ is none"],
    ["NOTPROVIDED", "left out"],
  ])("%j is refused: %s", (bic, says) => {
    expect(bicProblem(bic)).toContain(says);
  });

  it.each([
    ["COBADEFF", "DE89370400440532013000"],
    ["BNPAGPGX", "FR1420041010050500013M02606"],
    ["BNPAREGX", "FR1420041010050500013M02606"],
    ["BARCJESH", "GB29NWBK60161331926819"],
    ["AABAAX22", "FI2112345600000785"],
  ])("%s belongs with %s", (bic, iban) => {
    expect(bicForIbanProblem(bic, iban)).toBeUndefined();
  });

  it.each([
    ["COBADEFF", "FR1420041010050500013M02606"],
    ["BNPAFRPP", "GP1420041010050500013M02606"],
    ["BARCJESH", "FR1420041010050500013M02606"],
  ])("%s does not belong with %s", (bic, iban) => {
    expect(bicForIbanProblem(bic, iban)).toContain(bic.slice(4, 6));
  });
});
