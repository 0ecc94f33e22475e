import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { describe, expect, it } from "vitest";
import { checkPain001 } from "../../../src/bankfiles/check/check-bank-file.ts";
import {
  type BankProfile,
  checkTransfers,
  type Pain001Batch,
  type Pain001Transfer,
  recount,
  writePain001,
} from "../../../src/bankfiles/index.ts";
import { FRENCH, GERMAN, messageWith, profileOf, SWISS } from "./sample.ts";

const XSD = fileURLToPath(new URL("../../../../shared/xsd", import.meta.url));
const ISO_03 = "pain.001.001.03.xsd";
const ISO_09 = "pain.001.001.09.xsd";
const GBIC_03 = "gbic/pain.001.001.03_GBIC_3.xsd";
const GBIC_09 = "gbic/pain.001.001.09_GBIC_5.xsd";

/** Batches of all rows together: 10,000. */
const ROWS: readonly (readonly [profile: string, batches: number, schemas: readonly string[]])[] = [
  ["sepa", 2_000, [ISO_09, GBIC_09]],
  ["sepa-v03", 2_000, [ISO_03, GBIC_03]],
  ["sepa-instant", 500, [ISO_09, GBIC_09]],
  ["de", 2_500, [ISO_09, GBIC_09]],
  ["de-v03", 2_000, [ISO_03, GBIC_03]],
  ["ch", 500, [ISO_09]],
  ["sandbox", 500, [ISO_09, GBIC_09]],
];

/** Many batches in one message: loading a document costs more than checking it. */
const BATCHES_PER_MESSAGE = 250;

const id = fc.stringMatching(/^[A-Za-z0-9+?\-:().,'][A-Za-z0-9+?\-:().,' ]{0,20}[A-Za-z0-9]$/);
const text = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("Müller & Söhne <GmbH>", "  two  spaces ", "Łódź Çağ ]]> €", 'O\'Brien "Ltd"\r\n'),
);
const creditors = [
  { iban: GERMAN, bic: "COBADEFFXXX" },
  { iban: FRENCH, bic: "AGRIFRPP" },
  { iban: SWISS, bic: "UBSWCHZHXXX" },
];
const address = fc.record(
  {
    country: fc.constantFrom("DE", "FR", "CH"),
    town: fc.constantFrom("Köln", "Saint-Étienne", "Zürich"),
    street: fc.constantFrom("Weg", "Straße & Allee"),
    postCode: fc.constantFrom("1", "50667"),
    buildingNumber: fc.constantFrom("1", "4 bis"),
  },
  { requiredKeys: ["country", "town"] },
);

function transfers(profile: BankProfile): fc.Arbitrary<Pain001Transfer> {
  const optional = {
    instructionId: id,
    purpose: fc.constantFrom("SUPP", "SALA"),
    remittance: text.map((words) => words.slice(0, 40)),
    structuredReference: fc.constantFrom("RF18539007547034", "NATIONAL 12"),
  };
  const made = fc.record(
    {
      endToEndId: id,
      amountMinor: fc.bigInt({ min: 1n, max: 99_999_999_999n }),
      currency: fc.constant("EUR"),
      creditor: fc
        .tuple(text, fc.constantFrom(...creditors), fc.boolean(), fc.option(address, { nil: undefined }))
        .map(([name, { iban, bic }, withBic, place]) => ({
          name: `A${name}`,
          iban,
          ...(withBic ? { bic } : {}),
          ...(place === undefined ? {} : { address: place }),
        })),
      ...optional,
    },
    { requiredKeys: ["endToEndId", "amountMinor", "currency", "creditor"] },
  );
  return made
    .map(({ remittance, ...rest }) =>
      rest.structuredReference === undefined && remittance !== undefined ? { ...rest, remittance } : rest,
    )
    .filter((transfer) => checkTransfers([transfer], profile).length === 0);
}

function batches(profile: BankProfile, count: number): readonly Pain001Batch[] {
  const debtor = { name: "Marktplatz & Söhne", iban: profile.name === "ch" ? SWISS : GERMAN };
  const drawn = fc.sample(fc.array(transfers(profile), { minLength: 1, maxLength: 3 }), {
    numRuns: count,
    seed: 20_261_120,
  });
  // Drawn ids may repeat; a number in front keeps them apart without touching what they are made of.
  return drawn.map((list, batch) => ({
    executionDate: "2026-11-20",
    debtor,
    transfers: list.map((transfer, index) => ({
      ...transfer,
      endToEndId: `${batch}.${index}${transfer.endToEndId}`.slice(0, 35).trim(),
    })),
  }));
}

describe.skipIf(!existsSync(XSD))("ten thousand random batches", () => {
  it.each(ROWS)(
    "of profile %s (%i) are valid against the schemas %j and pass our own checker",
    (name, count, schemas) => {
      const profile = profileOf(name);
      const validators = schemas.map((schema) =>
        XsdValidator.fromDoc(XmlDocument.fromString(readFileSync(`${XSD}/${schema}`, "utf8"))),
      );
      const drawn = batches(profile, count);
      for (let from = 0; from < count; from += BATCHES_PER_MESSAGE) {
        const message = messageWith([], { payments: drawn.slice(from, from + BATCHES_PER_MESSAGE) });
        const bytes = Buffer.from([...writePain001(message, profile)].join(""));
        const document = XmlDocument.fromBuffer(bytes);
        for (const validator of validators) validator.validate(document);
        document.dispose();
        const counted = recount([bytes]);
        expect(counted).toMatchObject({ agrees: true, count: counted.announcedCount });
        expect(checkPain001([bytes], { profile }).findings).toEqual([]);
      }
      for (const validator of validators) validator.dispose();
    },
  );
});
