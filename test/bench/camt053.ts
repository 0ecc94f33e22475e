/** camt.053: 100,000 entries beside bare saxes doing the same extraction, a million from a stream, and the hostile set. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HOSTILE_SHAPES } from "../bankfiles/read/hostile-shapes.ts";
import type { BenchRow } from "./bench-row.ts";
import { camt053File } from "./camt053-file.ts";

interface Result {
  /** Milliseconds of processor time: other work of the machine does not count. */
  readonly ms: number;
  readonly entries: number;
  readonly cents: string;
  readonly rssMb: number;
}

const CASE = fileURLToPath(new URL("./camt053-case.ts", import.meta.url));
const ROUNDS = 3;
const COUNT = 100_000;
const STREAM_COUNT = 1_000_000;
/** What each hostile file may cost: a second and 256 MB. */
const HOSTILE_LIMIT_MS = 1_000;

function once(name: string, ...more: readonly string[]): Result {
  const text = execFileSync(process.execPath, ["--import", "tsx", CASE, name, ...more], { encoding: "utf8" });
  return JSON.parse(text) as Result;
}

function writeFile(path: string, count: number): string {
  const file = openSync(path, "w");
  for (const piece of camt053File(count)) writeSync(file, piece);
  return path;
}

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "remit-bench-"));
  try {
    const path = writeFile(join(folder, "statement.xml"), COUNT);
    const names = ["saxes", "remit-stream", "remit-whole"] as const;
    const results: Record<string, Result[]> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of names) results[name] = [...(results[name] ?? []), once(name, path)];
    }
    const best = (name: string) => (results[name] ?? []).reduce((a, b) => (a.ms <= b.ms ? a : b));
    const theirs = best("saxes");
    const rows = names.slice(1).map((name) => compared(name, best(name), theirs));
    const long = once("remit-file", writeFile(path, STREAM_COUNT));
    return [...rows, { ...compared("remit-file", long, theirs), against: "saxes at 100,000" }, hostile()];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compared(name: string, ours: Result, theirs: Result): BenchRow {
  const rate = ({ entries, ms }: Result) => Math.round((entries / ms) * 1_000);
  if (ours.entries === theirs.entries && ours.cents !== theirs.cents) throw new Error("the sums differ");
  return {
    case: `camt053 ${ours.entries.toLocaleString("en")} entries, ${name}`,
    against: "saxes",
    ratio: rate(ours) / rate(theirs),
    rssMb: Math.round(ours.rssMb),
    detail: `${rate(ours)} beside ${rate(theirs)} entries/s of processor time, best of ${ROUNDS}`,
  };
}

/** Each large file in a process of its own, then all small ones in one: the slowest and the largest count. */
function hostile(): BenchRow {
  const results = Array.from({ length: HOSTILE_SHAPES.length + 1 }, (_, index) => once("hostile", String(index)));
  const ms = Math.max(...results.map((result) => result.ms));
  return {
    case: "camt053 the slowest hostile file",
    against: "the limit of one second",
    ratio: HOSTILE_LIMIT_MS / ms,
    rssMb: Math.round(Math.max(...results.map((result) => result.rssMb))),
    detail: `${Math.round(ms)} ms, of ${results.reduce((sum, { entries }) => sum + entries, 0)} hostile files, whole and in pieces`,
  };
}
