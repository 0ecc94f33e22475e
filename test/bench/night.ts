/** A whole night: a million captured items of 20,000 sellers, from import to pain.001, beside a plain set-based floor. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchRow, median } from "./bench-row.ts";
import { type NightInput, writeNightInput } from "./night-input.ts";

interface Night {
  readonly ms: number;
  readonly total: string;
  readonly rssMb: number;
  readonly steps?: Readonly<Record<string, number>>;
}

const SIZE = { sellers: 20_000, orders: 250_000, itemsPerOrder: 4 } as const;
const ROUNDS = 3;

export async function run(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "remit-night-"));
  try {
    const input = await writeNightInput(folder, SIZE);
    const engine: Night[] = [];
    const floor: Night[] = [];
    // In turn, so that a slow moment of the machine meets both.
    for (let round = 0; round < ROUNDS; round += 1) {
      floor.push(night("night-floor.ts", input));
      engine.push(night("night-engine.ts", input));
    }
    return [rowOf(engine, floor)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function night(script: string, input: NightInput): Night {
  const folder = mkdtempSync(join(tmpdir(), "remit-night-run-"));
  try {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const paths = [input.marketplace, input.sellers, input.orders];
    return JSON.parse(
      execFileSync(process.execPath, ["--import", "tsx", path, folder, ...paths], { encoding: "utf8" }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(engine: readonly Night[], floor: readonly Night[]): BenchRow {
  const [ours, theirs] = [engine, floor].map((nights) => median(nights.map(({ ms }) => ms)));
  const totals = new Set([...engine, ...floor].map(({ total }) => total));
  if (totals.size !== 1) throw new Error(`the two sides paid differently: ${[...totals].join(" and ")}`);
  const steps = Object.entries(engine[0]?.steps ?? {}).map(([name, ms]) => `${name} ${(ms / 1_000).toFixed(1)} s`);
  return {
    case: "night 1,000,000 items, 20,000 sellers, SQLite, import to pain.001",
    against: "a set-based floor without checks, history or explanation",
    ratio: (theirs ?? 0) / (ours ?? 1),
    rssMb: Math.max(...engine.map(({ rssMb }) => rssMb)),
    detail: `${((ours ?? 0) / 1_000).toFixed(1)} s (${steps.join(", ")}) beside ${((theirs ?? 0) / 1_000).toFixed(1)} s; ${[...totals][0]}`,
  };
}
