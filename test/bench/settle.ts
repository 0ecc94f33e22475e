/** A settlement: a million items of 20,000 sellers with fees, a reserve and holds, in both stores, beside a plain set-based floor. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPostgres } from "../support/postgres.ts";
import { type BenchRow, median } from "./bench-row.ts";
import { benchRounds, benchSize } from "./bench-size.ts";
import { dropDatabase, freshDatabase, SERVER_SETTINGS } from "./fresh-database.ts";
import { type SettleInput, writeSettleInput } from "./settle-input.ts";

interface Settled {
  readonly ms: number;
  readonly sealMs?: number;
  readonly total: string;
  readonly rssMb: number;
}

const ITEMS_PER_ORDER = 4;
const ROUNDS = benchRounds(3);

/** `bench settle [--json] [--rounds=N] [ITEMS]`: fewer items while others need the machine. */
export async function run(): Promise<readonly BenchRow[]> {
  const items = benchSize(1_000_000);
  const folder = mkdtempSync(join(tmpdir(), "remit-settle-"));
  const postgres = await startPostgres(SERVER_SETTINGS);
  try {
    const size = { sellers: items / 50, orders: items / ITEMS_PER_ORDER, itemsPerOrder: ITEMS_PER_ORDER };
    const input = await writeSettleInput(folder, size);
    const floor: Settled[] = [];
    const sqlite: Settled[] = [];
    const postgresql: Settled[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      floor.push(inFolder((own) => settled("settle-floor.ts", own, input)));
      sqlite.push(inFolder((own) => settled("settle-engine.ts", `sqlite:${join(own, "remit.db")}`, input)));
      const url = await freshDatabase(postgres.url, `settle_${round}`);
      postgresql.push(settled("settle-engine.ts", url, input));
      await dropDatabase(postgres.url, url);
    }
    return [rowOf(items, "SQLite", sqlite, floor), rowOf(items, "PostgreSQL", postgresql, floor)];
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function inFolder(work: (folder: string) => Settled): Settled {
  const folder = mkdtempSync(join(tmpdir(), "remit-settle-run-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function settled(script: string, place: string, input: SettleInput): Settled {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const files = [input.marketplace, input.sellers, input.orders, input.holds];
  return JSON.parse(execFileSync(process.execPath, ["--import", "tsx", path, place, ...files], { encoding: "utf8" }));
}

function rowOf(items: number, store: string, engine: readonly Settled[], floor: readonly Settled[]): BenchRow {
  const totals = new Set([...engine, ...floor].map(({ total }) => total));
  if (totals.size !== 1) throw new Error(`the two sides pay differently: ${[...totals].join(" and ")}`);
  const seconds = (runs: readonly Settled[], pick: (run: Settled) => number) => median(runs.map(pick)) / 1_000;
  const ours = seconds(engine, ({ ms }) => ms);
  const theirs = seconds(floor, ({ ms }) => ms);
  const sealing = seconds(engine, ({ sealMs }) => sealMs ?? 0);
  return {
    case: `settle ${items.toLocaleString("en")} items, ${(items / 50).toLocaleString("en")} sellers, fees, reserve and holds, ${store}`,
    against: "a set-based floor in SQLite without checks, history or explanation",
    ratio: theirs / ours,
    rssMb: Math.max(...engine.map(({ rssMb }) => rssMb)),
    detail: `${ours.toFixed(1)} s beside ${theirs.toFixed(1)} s; sealing the journal after it ${sealing.toFixed(1)} s; ${[...totals][0]}`,
  };
}
