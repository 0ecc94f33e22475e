import { expect, it } from "vitest";
import type { ScheduleRow } from "../../src/app/schedule-row.ts";
import { turnOf } from "../../src/app/slot-turn.ts";
import type { DueSlot } from "../../src/store/due-slots.ts";

const NOW = new Date("2026-11-20T05:00:00Z");
const ALIVE = "2026-11-20T05:00:05Z";
const DEAD = "2026-11-20T04:59:59Z";

const run: ScheduleRow["run"] = async () => ({ counts: {}, findings: [] });
const SCHEDULE: readonly ScheduleRow[] = [
  { job: "settle", when: { at: "02:00" }, does: "", run },
  { job: "write", when: { at: "02:30" }, does: "", run, needs: ["settle"] },
  { job: "send", when: { everyMinutes: 5 }, does: "", run },
];

let ids = 0n;
function slot(job: string, time: string, given: Partial<DueSlot> = {}): DueSlot {
  ids += 1n;
  const date = given.business_date ?? "2026-11-20";
  const daily = time.length === 5;
  return {
    id: ids,
    job,
    business_date: date,
    slot: time,
    due_at: daily ? `${date}T${time}:00.000Z` : time,
    state: "DUE",
    enqueued: 0n,
    fence: 0n,
    fence_until: null,
    finished_at: null,
    error: null,
    ...given,
  };
}

const settle = (given: Partial<DueSlot> = {}) => slot("settle", "02:00", given);
const write = (given: Partial<DueSlot> = {}) => slot("write", "02:30", given);
const send = (given: Partial<DueSlot> = {}) => slot("send", "2026-11-20T04:55Z", given);
const YESTERDAY = { business_date: "2026-11-19" };

it.each<[string, DueSlot, readonly DueSlot[], string]>([
  ["the first of the night", settle(), [write()], "run"],
  ["one after an unfinished one of its date", write(), [settle()], "wait"],
  ["one after a running one of its date", write(), [settle({ state: "RUNNING", fence_until: ALIVE })], "wait"],
  ["one after one whose worker died", write(), [settle({ state: "RUNNING", fence_until: DEAD })], "wait"],
  ["one whose own worker died", settle({ state: "RUNNING", fence_until: DEAD }), [], "run"],
  ["one whose own worker lives", settle({ state: "RUNNING", fence_until: ALIVE }), [], "wait"],
  ["one that failed and pauses", settle({ error: "x", fence_until: ALIVE }), [], "wait"],
  ["one that failed and has paused", settle({ error: "x", fence_until: DEAD }), [], "run"],
  ["one after an untried one of yesterday", settle(), [write(YESTERDAY)], "wait"],
  ["one after a failing one of yesterday", settle(), [write({ ...YESTERDAY, error: "x" })], "run"],
  [
    "one while yesterday's runs",
    settle(),
    [write({ ...YESTERDAY, error: "x", state: "RUNNING", fence_until: ALIVE })],
    "wait",
  ],
  ["one that needs what failed today", write(), [settle({ state: "FAILED" })], "refuse"],
  ["one that needs what failed yesterday", write(), [settle({ ...YESTERDAY, state: "FAILED" })], "run"],
  ["one of every few minutes beside the night", send(), [settle({ state: "RUNNING", fence_until: ALIVE })], "run"],
  ["one of every few minutes beside its own", send(), [send({ state: "RUNNING", fence_until: ALIVE })], "wait"],
  [
    "the night beside one of every few minutes",
    settle(),
    [send(), send({ state: "RUNNING", fence_until: ALIVE })],
    "run",
  ],
])("%s", (_says, one, others, expected) => {
  expect(turnOf(one, [one, ...others], SCHEDULE, NOW).kind).toBe(expected);
});

it("says until when a pause lasts", () => {
  expect(turnOf(settle({ fence_until: ALIVE }), [], SCHEDULE, NOW)).toEqual({ kind: "wait", until: new Date(ALIVE) });
});
