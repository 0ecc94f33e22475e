/** pain.001: 100,000 transfers checked, written and counted again, beside two npm packages; a million from a stream. */
import { execFileSync } from "node:child_process";
import type { BenchRow } from "./bench-row.ts";
import { compiledCase } from "./compiled.ts";

interface Result {
  readonly ms: number;
  /** Time of the processor: what counts, because a machine that is shared lends its clock to others. */
  readonly cpuMs: number;
  readonly bytes: number;
  readonly rssMb: number;
}

const ROUNDS = 5;
const COUNT = 100_000;
const STREAM_COUNT = 1_000_000;

function once(name: string, count: number): Result {
  const text = execFileSync(process.execPath, ["--expose-gc", compiledCase("pain001-case"), name, String(count)], {
    encoding: "utf8",
  });
  return JSON.parse(text) as Result;
}

export async function run(): Promise<BenchRow[]> {
  const names = ["remit", "sepa", "sepa-xml"] as const;
  const results: Record<string, Result[]> = { remit: [], sepa: [], "sepa-xml": [] };
  // In turn, so that a noisy moment of the machine meets all of them; the best run of each counts.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) results[name]?.push(once(name, COUNT));
  }
  const best = (name: string) => (results[name] ?? []).reduce((a, b) => (a.cpuMs <= b.cpuMs ? a : b));
  const ours = best("remit");
  const rows = names.slice(1).map((against) => {
    const theirs = best(against);
    return {
      case: "pain001 100,000 transfers, checked",
      against: `npm ${against}`,
      ratio: theirs.cpuMs / ours.cpuMs,
      rssMb: ours.rssMb,
      detail: `${perSecond(COUNT, ours)} beside ${perSecond(COUNT, theirs)} transfers/s, best of ${ROUNDS}`,
    };
  });
  const stream = once("remit-stream", STREAM_COUNT);
  const streamed = {
    case: "pain001 1,000,000 transfers, streamed",
    against: "itself at 100,000",
    ratio: STREAM_COUNT / stream.cpuMs / (COUNT / ours.cpuMs),
    rssMb: stream.rssMb,
    detail: `${perSecond(STREAM_COUNT, stream)} transfers/s, ${Math.round(stream.bytes / 1e6)} MB file`,
  };
  return [...rows, streamed];
}

function perSecond(count: number, { cpuMs }: Result): number {
  return Math.round((count / cpuMs) * 1_000);
}
