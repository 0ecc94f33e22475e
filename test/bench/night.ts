/** A whole night: a million captured items of 20,000 sellers, from import to pain.001, in both stores beside their plain floors. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPostgres } from "../support/postgres.ts";
import { type BenchRow, median } from "./bench-row.ts";
import { benchRounds, benchSize } from "./bench-size.ts";
import { dropDatabase, freshDatabase, SERVER_SETTINGS } from "./fresh-database.ts";
import { type NightInput, writeNightInput } from "./night-input.ts";
import { workersRow } from "./night-workers.ts";

interface Night {
  readonly ms: number;
  readonly total: string;
  readonly rssMb: number;
  readonly steps?: Readonly<Record<string, number>>;
}

const ITEMS_PER_ORDER = 4;
const ITEMS_PER_SELLER = 50;
const ROUNDS = benchRounds(3);

type Side = "sqlite" | "sqliteFloor" | "postgres" | "postgresFloor";

/** `bench night [--json] [--rounds=N] [ITEMS]`. */
export async function run(): Promise<readonly BenchRow[]> {
  const items = benchSize(1_000_000);
  const folder = mkdtempSync(join(tmpdir(), "remit-night-"));
  const postgres = await startPostgres(SERVER_SETTINGS);
  try {
    const size = {
      sellers: items / ITEMS_PER_SELLER,
      orders: items / ITEMS_PER_ORDER,
      itemsPerOrder: ITEMS_PER_ORDER,
    };
    const input = await writeNightInput(folder, size);
    const nights: Record<Side, Night[]> = { sqliteFloor: [], sqlite: [], postgresFloor: [], postgres: [] };
    // In turn, so that a slow moment of the machine meets all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      nights.sqliteFloor.push(inFolder((own) => night("night-floor.ts", own, input)));
      nights.sqlite.push(inFolder((own) => night("night-engine.ts", `sqlite:${join(own, "engine.db")}`, input)));
      nights.postgresFloor.push(await inDatabase(postgres.url, (url) => night("night-floor-postgres.ts", url, input)));
      nights.postgres.push(await inDatabase(postgres.url, (url) => night("night-engine.ts", url, input)));
    }
    return [
      rowOf(items, "SQLite", nights.sqlite, nights.sqliteFloor),
      rowOf(items, "PostgreSQL", nights.postgres, nights.postgresFloor),
      await workersRow(folder, items, postgres.url),
    ];
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function inFolder(work: (folder: string) => Night): Night {
  const folder = mkdtempSync(join(tmpdir(), "remit-night-run-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inDatabase(server: string, work: (url: string) => Night): Promise<Night> {
  const url = await freshDatabase(server, "night");
  try {
    return work(url);
  } finally {
    await dropDatabase(server, url);
  }
}

function night(script: string, place: string, input: NightInput): Night {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const paths = [input.marketplace, input.sellers, input.orders];
  return JSON.parse(execFileSync(process.execPath, ["--import", "tsx", path, place, ...paths], { encoding: "utf8" }));
}

function rowOf(items: number, store: string, engine: readonly Night[], floor: readonly Night[]): BenchRow {
  const ours = median(engine.map(({ ms }) => ms));
  const theirs = median(floor.map(({ ms }) => ms));
  const totals = new Set([...engine, ...floor].map(({ total }) => total));
  if (totals.size !== 1) throw new Error(`the two sides paid differently: ${[...totals].join(" and ")}`);
  const middle = engine.find(({ ms }) => ms === ours);
  const steps = Object.entries(middle?.steps ?? {}).map(([name, ms]) => `${name} ${(ms / 1_000).toFixed(1)} s`);
  const sellers = (items / ITEMS_PER_SELLER).toLocaleString("en");
  return {
    case: `night ${items.toLocaleString("en")} items, ${sellers} sellers, ${store}, import to pain.001`,
    against: "a set-based floor in the same database without checks, history or explanation",
    ratio: theirs / ours,
    rssMb: Math.max(...engine.map(({ rssMb }) => rssMb)),
    detail: `${(ours / 1_000).toFixed(1)} s (${steps.join(", ")}) beside ${(theirs / 1_000).toFixed(1)} s; ${[...totals][0]}`,
  };
}
