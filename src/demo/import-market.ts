/** Writes the marketplace's records to files, as a marketplace would send them, and imports them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../app/context.ts";
import { importFiles } from "../app/import-files.ts";
import { caseRecords } from "./cases.ts";
import { endpointRecord, type MarketSize, marketplaceRecord, marketRecords, type SampleRecord } from "./market.ts";
import { plantAuthorisations } from "./plant-authorisations.ts";
import { ENDPOINT_SECRET, type World } from "./world.ts";

/** One record a line; answers the path. */
export function writeRecords(folder: string, name: string, records: Iterable<SampleRecord>): string {
  const path = join(folder, name);
  writeFileSync(path, [...records].map((record) => `${JSON.stringify(record)}\n`).join(""));
  return path;
}

/** Throws with all findings when a file is refused. */
export async function importOrThrow(
  context: Context,
  paths: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const report = await importFiles(context, paths);
  if (report.ok) return report.counts;
  const lines = report.findings.map(
    ({ code, where, found, expected }) => `${code} ${where}: ${found}, not ${expected}`,
  );
  throw new Error(`import refused:\n${lines.join("\n")}`);
}

/** Everything that is known on the eve; the gateway then knows the authorisations too. */
export async function importMarket(
  world: World,
  context: Context,
  size: MarketSize,
): Promise<Readonly<Record<string, number>>> {
  const { folder, receiver } = world;
  const paths = [
    writeRecords(folder, "marketplace.ndjson", [marketplaceRecord(), endpointRecord(receiver.url, ENDPOINT_SECRET)]),
    writeRecords(folder, "market.ndjson", marketRecords(size)),
    writeRecords(folder, "cases.ndjson", caseRecords()),
  ];
  const counts = await importOrThrow(context, paths);
  await plantAuthorisations(context.store.db, world.gateway);
  return counts;
}
