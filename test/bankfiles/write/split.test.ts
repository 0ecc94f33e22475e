import { describe, expect, it } from "vitest";
import { type BankProfile, splitByLimits, writePain001 } from "../../../src/bankfiles/index.ts";
import { FRENCH, GERMAN, messageWith, NOW, profileOf, SWISS, transferWith } from "./sample.ts";

const debtor = { name: "Marketplace SAS", iban: FRENCH };

function many(count: number, change = {}) {
  return Array.from({ length: count }, (_none, index) => transferWith({ endToEndId: `P${index}`, ...change }));
}

function limited(limits: Partial<BankProfile["limits"]>, rest: Partial<BankProfile> = {}): BankProfile {
  const sepa = profileOf("sepa");
  return { ...sepa, ...rest, limits: { ...sepa.limits, ...limits } };
}

function shape(profile: BankProfile, count: number) {
  const request = { debtor, executionDate: "2026-11-20", transfers: many(count) };
  return splitByLimits([request], profile).map(({ payments }) => payments.map((payment) => payment.count));
}

describe("payments and files within a bank's limits", () => {
  it.each([
    ["all in one", limited({}), 7, [[7]]],
    ["transfers of a payment", limited({ transfersPerPayment: 3 }), 7, [[3, 3, 1]]],
    ["transfers of a file", limited({ transfersPerFile: 3 }), 7, [[3], [3], [1]]],
    ["both", limited({ transfersPerFile: 4, transfersPerPayment: 3 }), 10, [[3, 1], [3, 1], [2]]],
    [
      "payments of a file",
      limited({ transfersPerPayment: 2, paymentsPerFile: 2 }),
      7,
      [
        [2, 2],
        [2, 1],
      ],
    ],
    ["one payment a file", limited({ transfersPerPayment: 3 }, { paymentInformation: "one" }), 7, [[3], [3], [1]]],
    ["exactly full", limited({ transfersPerFile: 3 }), 6, [[3], [3]]],
  ])("%s", (_what, profile, count, expected) => {
    expect(shape(profile, count)).toEqual(expected);
  });

  it("groups by debtor, date, service and currency, in the order of the input", () => {
    const transfers = [
      transferWith({ endToEndId: "A" }),
      transferWith({ endToEndId: "B", instant: true }),
      transferWith({ endToEndId: "C" }),
    ];
    const other = { name: "Other SA", iban: GERMAN };
    const files = splitByLimits(
      [
        { debtor, executionDate: "2026-11-20", transfers },
        { debtor, executionDate: "2026-11-23", transfers: [transferWith({ endToEndId: "D" })] },
        { debtor: other, executionDate: "2026-11-20", transfers: [transferWith({ endToEndId: "E" })] },
      ],
      profileOf("sepa"),
    );
    expect(
      files.map(({ payments }) =>
        payments.map((payment) => [
          payment.service,
          payment.executionDate,
          payment.transfers.map((t) => t.endToEndId).join(""),
        ]),
      ),
    ).toEqual([
      [
        ["sct", "2026-11-20", "AC"],
        ["instant", "2026-11-20", "B"],
        ["sct", "2026-11-23", "D"],
        ["sct", "2026-11-20", "E"],
      ],
    ]);
  });

  it("gives each service a file of its own where the bank wants that", () => {
    const transfers = [
      transferWith({ endToEndId: "A" }),
      transferWith({ endToEndId: "B", instant: true }),
      transferWith({ endToEndId: "C" }),
    ];
    const files = splitByLimits([{ debtor, executionDate: "2026-11-20", transfers }], profileOf("de"));
    expect(files.map(({ payments, count }) => [payments[0]?.service, count])).toEqual([
      ["sct", 2],
      ["instant", 1],
    ]);
  });

  it("keeps francs and euros apart", () => {
    const transfers = [transferWith(), transferWith({ endToEndId: "B", currency: "CHF", creditor: { iban: SWISS } })];
    const [file] = splitByLimits([{ debtor, executionDate: "2026-11-20", transfers }], profileOf("ch"));
    expect(file?.payments.map(({ service, currency }) => [service, currency])).toEqual([
      ["sct", "EUR"],
      ["domestic", "CHF"],
    ]);
  });

  it("keeps every file within the limit of bytes, loses none and sums exactly", () => {
    const profile = limited({ bytesPerFile: 12_000 });
    const transfers = many(200, { amountMinor: 29n });
    const files = splitByLimits([{ debtor, executionDate: "2026-11-20", transfers }], profile);
    const sizes = files.map(({ payments }) => {
      const message = messageWith([], { payments, createdAt: NOW });
      return Buffer.byteLength([...writePain001(message, profile)].join(""));
    });
    expect(files.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(12_000);
    expect(files.flatMap(({ payments }) => payments.flatMap((payment) => payment.transfers))).toEqual(transfers);
    expect(files.reduce((sum, { sumMinor }) => sum + sumMinor, 0n)).toBe(5_800n);
  });

  it("refuses a transfer that no service takes", () => {
    const transfers = [transferWith({ currency: "USD" })];
    expect(() => splitByLimits([{ debtor, executionDate: "2026-11-20", transfers }], profileOf("sepa"))).toThrow(/USD/);
  });
});
