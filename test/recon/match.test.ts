import { describe, expect, it } from "vitest";
import {
  codesOf,
  entry,
  matchesOf,
  OTHER_PAYEE,
  PAYEE,
  payIn,
  run,
  type Setting,
  statesOf,
  transfer,
} from "./recon-table.ts";

const A = transfer("A", "10.00");
const B = transfer("B", "20.00");
const C = transfer("C", "5.00");
const iban = (account: string) => ({ creditor: { iban: account } });

function check(
  _: string,
  setting: Setting,
  states: string,
  matches: readonly string[],
  codes: readonly string[],
): void {
  const result = run(setting);
  expect(statesOf(result)).toBe(states);
  expect(matchesOf(result)).toEqual(matches);
  expect(codesOf(result)).toEqual(codes);
}

describe("a debit is matched by what it names, the amount being a condition", () => {
  it.each<Parameters<typeof check>>([
    [
      "EndToEndId",
      { entries: [entry("e", "-10.00", ["E-A"])], transfers: [A, B] },
      "e MATCHED",
      ["EXECUTED A by END_TO_END_ID"],
      [],
    ],
    [
      "EndToEndId and payee",
      {
        entries: [entry("e", "-10.00", [{ endToEndId: "E-A", ...iban("FR14 2004 1010 0505 0001 3M02 606") }])],
        transfers: [A],
      },
      "e MATCHED",
      ["EXECUTED A by END_TO_END_ID"],
      [],
    ],
    [
      "EndToEndId and another payee",
      { entries: [entry("e", "-10.00", [{ endToEndId: "E-A", ...iban(OTHER_PAYEE) }])], transfers: [A] },
      "e PARTLY_MATCHED",
      [],
      ["IBAN_DIFFERS"],
    ],
    [
      "EndToEndId and another amount, more",
      { entries: [entry("e", "-10.01", ["E-A"])], transfers: [A] },
      "e PARTLY_MATCHED",
      [],
      ["AMOUNT_DIFFERS"],
    ],
    [
      "EndToEndId and another amount, less",
      { entries: [entry("e", "-9.99", ["E-A"])], transfers: [A] },
      "e PARTLY_MATCHED",
      [],
      ["AMOUNT_DIFFERS"],
    ],
    [
      "EndToEndId on another account",
      { entries: [entry("e", "-10.00", ["E-A"], { account: "X" })], transfers: [A] },
      "e UNMATCHED",
      [],
      ["REFERENCE_UNKNOWN"],
    ],
    [
      "an EndToEndId we do not know",
      { entries: [entry("e", "-10.00", ["E-Z"])], transfers: [A] },
      "e UNMATCHED",
      [],
      ["REFERENCE_UNKNOWN"],
    ],
    [
      "InstrId",
      { entries: [entry("e", "-10.00", [{ endToEndId: "NOTPROVIDED", instructionId: "I-A" }])], transfers: [A, B] },
      "e MATCHED",
      ["EXECUTED A by INSTRUCTION_ID"],
      [],
    ],
    [
      "the only transfer of a payment",
      { entries: [entry("e", "-10.00", [{ paymentInformationId: "P1", messageId: "M1" }])], transfers: [A] },
      "e MATCHED",
      ["EXECUTED A by INSTRUCTION_ID"],
      [],
    ],
    [
      "nothing but the amount",
      { entries: [entry("e", "-10.00")], transfers: [A] },
      "e UNMATCHED",
      [],
      ["ENTRY_UNMATCHED"],
    ],
    ["a zero line", { entries: [entry("e", "-0.00")], transfers: [A] }, "e IGNORED", [], []],
    [
      "an account that is not ours",
      { entries: [entry("e", "-10.00", ["E-A"])], transfers: [A], settings: { accounts: [] } },
      "e UNMATCHED",
      [],
      ["ACCOUNT_UNKNOWN"],
    ],
  ])("%s", check);
});

describe("one line for many transfers, many lines for one", () => {
  it.each<Parameters<typeof check>>([
    [
      "all details",
      { entries: [entry("e", "-30.00", ["E-A:10.00", "E-B:20.00"])], transfers: [A, B] },
      "e MATCHED",
      ["EXECUTED A by END_TO_END_ID", "EXECUTED B by END_TO_END_ID"],
      [],
    ],
    [
      "details without amounts",
      { entries: [entry("e", "-30.00", ["E-A", "E-B"])], transfers: [A, B] },
      "e MATCHED",
      ["EXECUTED A by END_TO_END_ID", "EXECUTED B by END_TO_END_ID"],
      [],
    ],
    [
      "details, one unknown",
      { entries: [entry("e", "-17.00", ["E-A:10.00", "E-Z:7.00"])], transfers: [A, B] },
      "e PARTLY_MATCHED",
      ["EXECUTED A by END_TO_END_ID"],
      ["REFERENCE_UNKNOWN"],
    ],
    [
      "partial details leave the line open",
      { entries: [entry("e", "-35.00", ["E-A:10.00", "E-B:20.00"])], transfers: [A, B, C] },
      "e PARTLY_MATCHED",
      [],
      ["DETAILS_INCOMPLETE"],
    ],
    [
      "partial details of a batch whose sum is right",
      {
        entries: [entry("e", "-35.00", ["E-A:10.00", "E-B:20.00"], { batch: { paymentInformationId: "P1" } })],
        transfers: [A, B, C],
      },
      "e MATCHED",
      ["EXECUTED A,B,C by BATCH"],
      [],
    ],
    [
      "partial details of a batch that name a stranger",
      {
        entries: [entry("e", "-35.00", ["E-X:10.00", "E-B:20.00"], { batch: { paymentInformationId: "P1" } })],
        transfers: [A, B, C, transfer("X", "10.00", { paymentInformationId: "P9" })],
      },
      "e PARTLY_MATCHED",
      [],
      ["DETAILS_INCOMPLETE"],
    ],
    [
      "two lines for one transfer",
      { entries: [entry("e1", "-4.00", ["E-A"]), entry("e2", "-6.00", ["E-A"])], transfers: [A] },
      "e1 MATCHED, e2 MATCHED",
      ["EXECUTED A by END_TO_END_ID"],
      [],
    ],
    [
      "two lines for one transfer, a cent short",
      { entries: [entry("e1", "-4.00", ["E-A"]), entry("e2", "-5.99", ["E-A"])], transfers: [A] },
      "e1 PARTLY_MATCHED, e2 PARTLY_MATCHED",
      [],
      ["AMOUNT_DIFFERS"],
    ],
  ])("%s", check);
});

describe("a batch is its payment's transfers, less those rejected before", () => {
  const rejected = transfer("R", "7.00", { state: "REJECTED" });
  const P1 = { paymentInformationId: "P1" };
  it.each<Parameters<typeof check>>([
    [
      "by PmtInfId",
      { entries: [entry("e", "-35.00", [], { batch: { ...P1, count: 3 } })], transfers: [A, B, C] },
      "e MATCHED",
      ["EXECUTED A,B,C by BATCH"],
      [],
    ],
    [
      "by MsgId",
      { entries: [entry("e", "-35.00", [], { batch: { messageId: "M1" } })], transfers: [A, B, C] },
      "e MATCHED",
      ["EXECUTED A,B,C by BATCH"],
      [],
    ],
    [
      "by MsgId where PmtInfId belongs",
      { entries: [entry("e", "-35.00", [], { batch: { paymentInformationId: "M1" } })], transfers: [A, B, C] },
      "e MATCHED",
      ["EXECUTED A,B,C by BATCH"],
      [],
    ],
    [
      "by the PmtInfId of a detail",
      { entries: [entry("e", "-35.00", [P1])], transfers: [A, B, C] },
      "e MATCHED",
      ["EXECUTED A,B,C by BATCH"],
      [],
    ],
    [
      "less the rejected",
      { entries: [entry("e", "-30.00", [], { batch: P1 })], transfers: [A, B, rejected] },
      "e MATCHED",
      ["EXECUTED A,B by BATCH"],
      [],
    ],
    [
      "with the rejected",
      { entries: [entry("e", "-37.00", [], { batch: P1 })], transfers: [A, B, rejected] },
      "e PARTLY_MATCHED",
      [],
      ["BATCH_INCLUDES_REJECTED"],
    ],
    [
      "only those accepted",
      { entries: [entry("e", "-10.00", [], { batch: P1 })], transfers: [A, { ...B, state: "SENT" }] },
      "e MATCHED",
      ["EXECUTED A by BATCH"],
      [],
    ],
    [
      "a sum that fits no set by status, though A and C would fit",
      { entries: [entry("e", "-15.00", [], { batch: P1 })], transfers: [A, B, C] },
      "e PARTLY_MATCHED",
      [],
      ["BATCH_SUM_DIFFERS"],
    ],
    [
      "more than was ordered",
      { entries: [entry("e", "-99.00", [], { batch: P1 })], transfers: [A, B, C] },
      "e PARTLY_MATCHED",
      [],
      ["BATCH_SUM_DIFFERS"],
    ],
    [
      "right sum, other count",
      { entries: [entry("e", "-35.00", [], { batch: { ...P1, count: 2 } })], transfers: [A, B, C] },
      "e MATCHED",
      ["EXECUTED A,B,C by BATCH"],
      ["BATCH_COUNT_DIFFERS"],
    ],
    [
      "in two lines",
      {
        entries: [entry("e1", "-15.00", [], { batch: P1 }), entry("e2", "-20.00", [], { batch: P1 })],
        transfers: [A, B, C],
      },
      "e1 MATCHED, e2 MATCHED",
      ["EXECUTED A,B,C by BATCH"],
      [],
    ],
    [
      "twice",
      {
        entries: [entry("e1", "-35.00", [], { batch: P1 }), entry("e2", "-35.00", [], { batch: P1 })],
        transfers: [A, B, C],
      },
      "e1 MATCHED, e2 PARTLY_MATCHED",
      ["EXECUTED A,B,C by BATCH"],
      ["BOOKED_TWICE"],
    ],
    [
      "with a stated charge",
      {
        entries: [
          entry("e", "-35.40", [], {
            batch: P1,
            charges: [{ amountMinor: 40n, currency: "EUR", direction: "DBIT", included: true }],
          }),
        ],
        transfers: [A, B, C],
      },
      "e MATCHED",
      ["EXECUTED A,B,C by BATCH", "CHARGED by BATCH charges 40"],
      [],
    ],
    [
      "of a payment we do not know",
      { entries: [entry("e", "-35.00", [], { batch: { paymentInformationId: "P9" } })], transfers: [A, B, C] },
      "e UNMATCHED",
      [],
      ["ENTRY_UNMATCHED"],
    ],
  ])("%s", check);
});

describe("the state of a transfer decides whether it may be debited", () => {
  it.each([
    ["SENT", "e MATCHED", []],
    ["ACCEPTED", "e MATCHED", []],
    ["EXECUTED", "e MATCHED", []],
    ["RETURNED", "e MATCHED", []],
    ["REJECTED", "e PARTLY_MATCHED", ["BOOKED_AFTER_REJECTION"]],
    ["CANCELLED", "e PARTLY_MATCHED", ["BOOKED_AFTER_REJECTION"]],
    ["ABORTED", "e PARTLY_MATCHED", ["BOOKED_AFTER_REJECTION"]],
    ["IN_FILE", "e PARTLY_MATCHED", ["BOOKED_BEFORE_SENT"]],
    ["SCHEDULED", "e PARTLY_MATCHED", ["BOOKED_BEFORE_SENT"]],
    ["ON_HOLD", "e PARTLY_MATCHED", ["BOOKED_BEFORE_SENT"]],
  ] as const)("%s: %s", (state, states, codes) => {
    const result = run({ entries: [entry("e", "-10.00", ["E-A"])], transfers: [{ ...A, state }] });
    expect(statesOf(result)).toBe(states);
    expect(codesOf(result)).toEqual(codes);
  });

  it("a second debit of one transfer is an alarm, in one run or over two", () => {
    const entries = [entry("e1", "-10.00", ["E-A"]), entry("e2", "-10.00", ["E-A"])];
    const both = run({ entries, transfers: [A] });
    expect([statesOf(both), codesOf(both)]).toEqual(["e1 MATCHED, e2 PARTLY_MATCHED", ["BOOKED_TWICE"]]);
    const later = run({ entries: entries.slice(1), transfers: [{ ...A, state: "EXECUTED", bookedBy: ["e1"] }] });
    expect([statesOf(later), codesOf(later)]).toEqual(["e2 PARTLY_MATCHED", ["BOOKED_TWICE"]]);
  });

  it("one line that names a transfer twice books it once", () => {
    const result = run({ entries: [entry("e", "-20.00", ["E-A:10.00", "E-A:10.00"])], transfers: [A] });
    expect([matchesOf(result), codesOf(result)]).toEqual([["EXECUTED A by END_TO_END_ID"], ["BOOKED_TWICE"]]);
  });
});

describe("money that comes back", () => {
  const paid = transfer("A", "50.00", { state: "EXECUTED", bookedBy: ["e0"] });
  const back = (amount: string, more = {}, charge?: bigint) =>
    entry(
      "e",
      amount,
      [
        {
          endToEndId: "E-A",
          return: { code: "AC04" },
          charges:
            charge === undefined ? [] : [{ amountMinor: charge, currency: "EUR", direction: "DBIT", included: true }],
        },
      ],
      { kind: "return", ...more },
    );
  it.each<Parameters<typeof check>>([
    ["whole", { entries: [back("+50.00")], transfers: [paid] }, "e MATCHED", ["RETURNED A by END_TO_END_ID"], []],
    [
      "whole, marked as a reversal too",
      { entries: [back("+50.00", { reversal: true })], transfers: [paid] },
      "e MATCHED",
      ["RETURNED A by END_TO_END_ID"],
      [],
    ],
    [
      "less the charge the bank states",
      { entries: [back("+47.00", {}, 300n)], transfers: [paid] },
      "e MATCHED",
      ["RETURNED A by END_TO_END_ID charges 300"],
      [],
    ],
    [
      "less a charge nobody stated",
      { entries: [back("+47.00")], transfers: [paid] },
      "e PARTLY_MATCHED",
      [],
      ["RETURN_AMOUNT_DIFFERS"],
    ],
    [
      "less a charge nobody stated, inside the limit",
      { entries: [back("+47.00")], transfers: [paid], settings: { returnChargeLimitMinor: 300n } },
      "e MATCHED",
      ["RETURNED A by END_TO_END_ID charges 300"],
      ["RETURN_CHARGE_NOT_STATED"],
    ],
    [
      "more than was paid",
      { entries: [back("+50.01")], transfers: [paid] },
      "e PARTLY_MATCHED",
      [],
      ["RETURN_AMOUNT_DIFFERS"],
    ],
    [
      "again",
      { entries: [back("+50.00")], transfers: [{ ...paid, state: "RETURNED", returnedBy: "e9" }] },
      "e PARTLY_MATCHED",
      [],
      ["RETURNED_TWICE"],
    ],
    [
      "of a debit on the same day",
      { entries: [back("+50.00"), entry("z", "-50.00", ["E-A"])], transfers: [transfer("A", "50.00")] },
      "z MATCHED, e MATCHED",
      ["EXECUTED A by END_TO_END_ID", "RETURNED A by END_TO_END_ID"],
      [],
    ],
    [
      "of a debit not seen",
      { entries: [back("+50.00")], transfers: [transfer("A", "50.00")] },
      "e PARTLY_MATCHED",
      [],
      ["RETURN_BEFORE_DEBIT"],
    ],
    [
      "of a rejected transfer",
      { entries: [back("+50.00")], transfers: [transfer("A", "50.00", { state: "REJECTED" })] },
      "e PARTLY_MATCHED",
      [],
      ["CREDIT_FOR_REJECTED"],
    ],
    [
      "two in one line, each less its charge",
      {
        entries: [
          entry(
            "e",
            "+56.00",
            [
              {
                endToEndId: "E-A",
                amountMinor: 5000n,
                charges: [{ amountMinor: 300n, currency: "EUR", direction: "DBIT", included: true }],
              },
              {
                endToEndId: "E-B",
                amountMinor: 1000n,
                charges: [{ amountMinor: 100n, currency: "EUR", direction: "DBIT", included: true }],
              },
            ],
            { kind: "return" },
          ),
        ],
        transfers: [paid, transfer("B", "10.00", { state: "EXECUTED" })],
      },
      "e MATCHED",
      ["RETURNED A by END_TO_END_ID charges 300", "RETURNED B by END_TO_END_ID charges 100"],
      [],
    ],
  ])("%s", check);

  it("the bank reverses its own debit, by the reference it gave it, and books it again", () => {
    const debit = entry("e1", "-50.00", ["E-A"], { servicerReference: "S" });
    const reversal = entry("e2", "+50.00", [], { servicerReference: "S", reversal: true, bookingDate: "2026-11-21" });
    const again = entry("e3", "-50.00", ["E-A"], { bookingDate: "2026-11-22" });
    const result = run({ entries: [again, reversal, debit], transfers: [transfer("A", "50.00")] });
    expect(statesOf(result)).toBe("e1 MATCHED, e2 MATCHED, e3 MATCHED");
    expect(matchesOf(result)).toEqual([
      "EXECUTED A by END_TO_END_ID",
      "REVERSED A by SERVICER_REFERENCE",
      "EXECUTED A by END_TO_END_ID",
    ]);
    expect(codesOf(result)).toEqual(["REVERSED"]);
  });
});

describe("the bank's reference proves only what an earlier report tied to it", () => {
  const seen = (transfers: readonly string[]) => ({ account: A.account, servicerReference: "S", transfers });
  const line = entry("e", "-30.00", [], { servicerReference: "S" });
  it.each<Parameters<typeof check>>([
    [
      "seen with transfers of its sum",
      { entries: [line], transfers: [A, B], seenReferences: [seen(["A", "B"])] },
      "e MATCHED",
      ["EXECUTED A,B by SERVICER_REFERENCE"],
      [],
    ],
    [
      "seen with another sum",
      { entries: [line], transfers: [A, B], seenReferences: [seen(["A"])] },
      "e UNMATCHED",
      [],
      ["ENTRY_UNMATCHED"],
    ],
    [
      "seen with a transfer we do not hold",
      { entries: [line], transfers: [A, B], seenReferences: [seen(["A", "B", "Z"])] },
      "e UNMATCHED",
      [],
      ["ENTRY_UNMATCHED"],
    ],
    [
      "seen twice, both fitting",
      { entries: [line], transfers: [A, B, transfer("D", "30.00")], seenReferences: [seen(["A", "B"]), seen(["D"])] },
      "e UNMATCHED",
      [],
      ["ENTRY_UNMATCHED"],
    ],
  ])("%s", check);
});

describe("pay-ins are found by a reference in the line, charges by rule", () => {
  const P = payIn("1", "100.00");
  const Q = payIn("2", "40.00");
  const line = (id: string, amount: string, text: string, more = {}) =>
    entry(id, amount, [{ remittance: [text] }], more);
  const kept = { charges: [{ amountMinor: 150n, currency: "EUR", direction: "DBIT" as const, included: true }] };
  it.each<Parameters<typeof check>>([
    [
      "whole",
      { entries: [line("e", "+100.00", "payout settle-1 of 19.11.")], payIns: [P, Q] },
      "e MATCHED",
      ["PAID_IN 1 by PAYIN_REFERENCE"],
      [],
    ],
    [
      "not a part of a word",
      { entries: [line("e", "+100.00", "SETTLE-11")], payIns: [P, Q] },
      "e UNMATCHED",
      [],
      ["ENTRY_UNMATCHED"],
    ],
    [
      "two in one line",
      { entries: [line("e", "+140.00", "SETTLE-1 SETTLE-2")], payIns: [P, Q] },
      "e MATCHED",
      ["PAID_IN 1,2 by PAYIN_REFERENCE"],
      [],
    ],
    [
      "one in two lines",
      { entries: [line("e1", "+60.00", "SETTLE-1"), line("e2", "+40.00", "SETTLE-1")], payIns: [P] },
      "e1 MATCHED, e2 MATCHED",
      ["PAID_IN 1 by PAYIN_REFERENCE"],
      [],
    ],
    [
      "less stated charges",
      { entries: [line("e", "+98.50", "SETTLE-1", kept)], payIns: [P] },
      "e MATCHED",
      ["PAID_IN 1 by PAYIN_REFERENCE charges 150"],
      [],
    ],
    [
      "less charges inside the limit",
      { entries: [line("e", "+98.50", "SETTLE-1")], payIns: [P], settings: { payInChargeLimitMinor: 150n } },
      "e MATCHED",
      ["PAID_IN 1 by PAYIN_REFERENCE charges 150"],
      [],
    ],
    [
      "less than that",
      { entries: [line("e", "+98.49", "SETTLE-1")], payIns: [P], settings: { payInChargeLimitMinor: 150n } },
      "e PARTLY_MATCHED",
      [],
      ["PAYIN_AMOUNT_DIFFERS"],
    ],
    [
      "more than expected",
      { entries: [line("e", "+100.01", "SETTLE-1")], payIns: [P] },
      "e PARTLY_MATCHED",
      [],
      ["PAYIN_AMOUNT_DIFFERS"],
    ],
    [
      "again",
      { entries: [line("e", "+100.00", "SETTLE-1")], payIns: [{ ...P, paidBy: ["e0"] }] },
      "e PARTLY_MATCHED",
      [],
      ["PAYIN_TWICE"],
    ],
    [
      "amount only",
      { entries: [line("e", "+100.00", "thank you")], payIns: [P] },
      "e UNMATCHED",
      [],
      ["ENTRY_UNMATCHED"],
    ],
  ])("%s", check);
});

describe("bank charges are booked by rule only", () => {
  it.each<Parameters<typeof check>>([
    ["no rule", { entries: [entry("e", "-3.50", [], { kind: "charge" })] }, "e UNMATCHED", [], ["CHARGE_ABOVE_LIMIT"]],
    [
      "inside the limit",
      { entries: [entry("e", "-3.50", [], { kind: "charge" })], settings: { bankChargeLimitMinor: 350n } },
      "e MATCHED",
      ["CHARGED by CHARGE_CODE charges 350"],
      [],
    ],
    [
      "above the limit",
      { entries: [entry("e", "-3.51", [], { kind: "charge" })], settings: { bankChargeLimitMinor: 350n } },
      "e UNMATCHED",
      [],
      ["CHARGE_ABOVE_LIMIT"],
    ],
    [
      "on top of a transfer, stated",
      {
        entries: [
          entry("e", "-10.20", ["E-A"], {
            charges: [{ amountMinor: 20n, currency: "EUR", direction: "DBIT", included: true }],
          }),
        ],
        transfers: [A],
      },
      "e MATCHED",
      ["EXECUTED A by END_TO_END_ID", "CHARGED by CHARGE_CODE charges 20"],
      [],
    ],
  ])("%s", check);
});

describe("amount and date make proposals, never matches", () => {
  const twin = transfer("T", "10.00");
  const proposals = (setting: Setting) =>
    run(setting).proposals.map(({ because, transfers, payIns }) => `${because} ${[...transfers, ...payIns].join(",")}`);

  it("two equal amounts on one day are both named and none is guessed", () => {
    const setting = { entries: [entry("e1", "-10.00"), entry("e2", "-10.00")], transfers: [A, twin] };
    expect(codesOf(run(setting))).toEqual(["ENTRY_AMBIGUOUS", "ENTRY_AMBIGUOUS"]);
    expect(run(setting).matches).toEqual([]);
    expect(proposals(setting)).toEqual(["AMOUNT_DATE A,T", "AMOUNT_DATE A,T"]);
  });

  it.each([
    [
      "payee tells them apart",
      [entry("e", "-10.00", [iban(OTHER_PAYEE)])],
      [A, { ...twin, iban: OTHER_PAYEE }],
      ["AMOUNT_DATE_IBAN T"],
    ],
    ["payee is another", [entry("e", "-10.00", [iban(OTHER_PAYEE)])], [A], []],
    ["payee is the same", [entry("e", "-10.00", [iban(PAYEE)])], [A], ["AMOUNT_DATE_IBAN A"]],
    ["too long ago", [entry("e", "-10.00", [], { bookingDate: "2026-11-25" })], [A], []],
    ["no date", [entry("e", "-10.00", [], { bookingDate: "20.11.2026" })], [A], []],
    ["rejected before", [entry("e", "-10.00")], [{ ...A, state: "REJECTED" as const }], []],
    [
      "a return without reference",
      [entry("e", "+10.00", [], { kind: "return" })],
      [{ ...A, state: "EXECUTED" as const }],
      ["AMOUNT_DATE A"],
    ],
  ])("%s", (_, entries, transfers, expected) => {
    expect(proposals({ entries, transfers })).toEqual(expected);
    expect(run({ entries, transfers }).matches).toEqual([]);
  });

  it("names a limited number of candidates and counts them all", () => {
    const transfers = Array.from({ length: 50 }, (_, row) => transfer(`T${row}`, "10.00"));
    const [proposal] = run({ entries: [entry("e", "-10.00")], transfers }).proposals;
    expect([proposal?.transfers.length, proposal?.candidates]).toEqual([20, 50]);
  });
});

describe("what is due and not on a statement", () => {
  it("is one exception for each payment, and one for each pay-in", () => {
    const late = { executionDate: "2026-11-16" };
    const transfers = [
      transfer("A", "10.00", late),
      transfer("B", "20.00", late),
      transfer("C", "5.00"),
      transfer("D", "1.00", { ...late, state: "REJECTED" }),
    ];
    const result = run({ entries: [], transfers, payIns: [payIn("1", "100.00", { expectedDate: "2026-11-16" })] });
    expect(result.exceptions).toMatchObject([
      { code: "NOT_BOOKED", transfers: ["A", "B"], amountMinor: 3000n, since: "2026-11-16" },
      { code: "PAYIN_MISSING", payIns: ["1"], amountMinor: 10000n },
    ]);
  });
});
