import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CauseKind } from "../../src/domain/ledger.ts";
import { type JournalSpan, SPAN_WIDTH, spansOf, spansOfCauses } from "../../src/store/journal-spans.ts";

const KINDS: readonly CauseKind[] = ["PAYABLE", "TRANSFER"];
const cause = fc.record({
  kind: fc.constantFrom(...KINDS),
  id: fc.oneof(fc.bigInt(1n, 50n), fc.bigInt(1n, 10_000n)),
});

const holds = (span: JournalSpan, id: bigint): boolean => span.firstId <= id && id <= span.lastId;

describe("the spans of postings", () => {
  it("hold each posting once, with its cause, and are never wider than a cause is looked for", () => {
    fc.assert(
      fc.property(fc.array(cause, { maxLength: 3_000 }), (causes) => {
        const spans = spansOf(
          7n,
          causes.map((one) => ({ cause: one })),
        );
        for (const { firstCause, lastCause } of spans) expect(Number(lastCause - firstCause)).toBeLessThan(SPAN_WIDTH);
        let next = 7n;
        for (const span of spans) {
          expect(span.firstId).toBe(next);
          next = span.lastId + 1n;
        }
        expect(next).toBe(7n + BigInt(causes.length));
        for (const [index, { kind, id }] of causes.entries()) {
          const span = spans.find((one) => holds(one, 7n + BigInt(index)));
          expect(span?.causeKind).toBe(kind);
          expect(span !== undefined && span.firstCause <= id && id <= span.lastCause).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("are few: one for a thousand postings of one cause, or of a thousand causes that follow each other", () => {
    const same = Array.from({ length: 2_500 }, () => ({ cause: { kind: "SETTLEMENT" as const, id: 3n } }));
    expect(spansOf(1n, same).map(({ firstId, lastId }) => [firstId, lastId])).toEqual([
      [1n, 1_000n],
      [1_001n, 2_000n],
      [2_001n, 2_500n],
    ]);
    expect(spansOfCauses("PAYABLE", 101n, { first: 11n, last: 1_510n })).toEqual([
      { firstId: 101n, lastId: 1_100n, causeKind: "PAYABLE", firstCause: 11n, lastCause: 1_010n },
      { firstId: 1_101n, lastId: 1_600n, causeKind: "PAYABLE", firstCause: 1_011n, lastCause: 1_510n },
    ]);
  });
});
