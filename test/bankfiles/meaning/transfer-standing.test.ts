import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { statusMeaning } from "../../../src/bankfiles/meaning/status-table.ts";
import {
  applyStatus,
  type BookingReport,
  type StatusReport,
  type TransferStanding,
} from "../../../src/bankfiles/meaning/transfer-standing.ts";

type Report = StatusReport | BookingReport;

/** `ACCP@09` is the status of a report created at nine; `RJCT/AC04@10` has a reason; `booked` is a statement line. */
function parse(text: string): Report {
  const [, status = "", code, hour] = /^([A-Za-z]+)(?:\/(\w+))?(?:@(\d+))?$/.exec(text) ?? [];
  const createdAt = hour === undefined ? {} : { createdAt: `2026-11-20T${hour}:00:00Z` };
  if (status === "booked" || status === "returned") return { kind: status, ...createdAt };
  const kind = statusMeaning(status)?.kind ?? "none";
  return { kind, isoStatus: status, ...createdAt, ...(code === undefined ? {} : { reason: { code } }) };
}

function standingAfter(reports: readonly Report[]): TransferStanding | undefined {
  let standing: TransferStanding | undefined;
  for (const report of reports) standing = applyStatus(standing, report).standing;
  return standing;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}

const say = (standing: TransferStanding | undefined) =>
  [standing?.kind, standing?.isoStatus, standing?.reason?.code, standing?.alarm].filter(Boolean).join(" ");

describe("a transfer ends at the same standing whatever order its reports arrive in", () => {
  it.each([
    // reports, in the order the bank made them                                 where it stands in the end
    ["RCVD@08 ACTC@09 ACCP@10 ACSP@11 ACSC@12", "settled ACSC"],
    ["ACTC@08 ACCP@09 RJCT/AC04@10", "rejected RJCT AC04"],
    ["ACTC@08 ACSP@09 RJCT/AC04@10 booked", "booked BOOK REJECTED_AFTER_BOOKED"],
    ["ACCP@09 ACSP@10 booked", "booked BOOK"],
    ["ACCP@09 ACSC@10 booked returned", "returned BOOK"],
    ["ACSC@09 RJCT/AC04@10", "settled ACSC REJECTED_AFTER_SETTLED"],
    ["RJCT/AC04@09 ACSC@10", "settled ACSC REJECTED_AFTER_SETTLED"],
    ["RJCT/AC04@08 RCVD@09 ACTC@10", "rejected RJCT AC04"],
    ["RJCT/AC04@08 ACSP@10", "accepted ACSP ACCEPTED_AFTER_REJECTED"],
    ["ACCP@08 CANC@09", "cancelled CANC"],
    ["ACCP@08 RJCT/DU01@09", "accepted ACCP DUPLICATE_REFUSED"],
    ["ACTC@08 RJCT/AM05@09", "rejected RJCT AM05"],
    ["ACCP@08 RJCT/AM05@09 booked", "booked BOOK DUPLICATE_REFUSED"],
    ["RVNM@07 ACTC@08 ACCP@09", "accepted ACCP"],
    ["RVNM@07 RVMC@08", "none"],
    ["ACCP@09 PDNG@10", "accepted ACCP"],
    ["ACSP@10 ACCP", "accepted ACSP"],
    ["RJCT/AC04@10 RJCT/AC01@11 RJCT/MS03@11", "rejected RJCT MS03"],
  ])("%s -> %s", (texts, expected) => {
    const reports = texts.split(" ").map(parse);
    const orders = permutations(reports);
    expect(new Set(orders.map((order) => say(standingAfter(order))))).toEqual(new Set([expected]));
  });

  it("for any six reports, each of them heard once or more", () => {
    const statuses = [
      "RCVD",
      "ACTC",
      "PDNG",
      "ACCP",
      "ACSP",
      "ACSC",
      "RJCT",
      "RJCT/AM05",
      "CANC",
      "RVNM",
      "booked",
      "returned",
    ];
    const report = fc
      .tuple(fc.constantFrom(...statuses), fc.constantFrom("", "@08", "@09", "@10"))
      .map(([status, time]) => parse(status + time));
    fc.assert(
      fc.property(
        fc.array(report, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (reports, picks) => {
          const again = picks.flatMap((pick) => reports[pick % reports.length] ?? []);
          const expected = standingAfter(reports);
          expect(standingAfter([...reports].reverse())).toEqual(expected);
          expect(standingAfter([...again, ...reports, ...again])).toEqual(expected);
        },
      ),
    );
  });
});

describe("each step says what to do", () => {
  it.each([
    // before                     report             move       standing
    ["", "ACTC@09", "advance", "pending ACTC"],
    ["ACCP@09", "ACTC@10", "ignore", "accepted ACCP"],
    ["ACCP@10", "RJCT/AC04@09", "alarm", "accepted ACCP ACCEPTED_AFTER_REJECTED"],
    ["ACSP@09", "RJCT/AC04@10", "advance", "rejected RJCT AC04"],
    ["RJCT/AC04@10", "RJCT/AC04@10", "ignore", "rejected RJCT AC04"],
    ["booked", "RJCT/AC04@10", "alarm", "booked BOOK REJECTED_AFTER_BOOKED"],
    ["booked", "ACSP@10", "ignore", "booked BOOK"],
    ["ACCP@09", "RVNM@10", "note", "accepted ACCP"],
    ["ACCP@09", "XXXX@10", "ignore", "accepted ACCP"],
  ])("%s then %s: %s", (before, report, move, expected) => {
    const current = standingAfter(before === "" ? [] : before.split(" ").map(parse));
    const step = applyStatus(current, parse(report));
    expect(step.move).toBe(move);
    expect(say(step.standing)).toBe(expected);
  });

  it("compares times as instants, whatever offsets and zones they are written in", () => {
    const accepted: Report = { kind: "accepted", isoStatus: "ACSP", createdAt: "2026-11-20T10:30:00+02:00" };
    const rejected: Report = { kind: "rejected", isoStatus: "RJCT", createdAt: "2026-11-20T09:00:00Z" };
    expect(say(standingAfter([rejected, accepted]))).toBe("rejected RJCT");
  });
});
