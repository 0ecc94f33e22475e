/** A small market with two approved files, kept as a database that each crash gets a copy of. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shippedProfilesFolder } from "../../src/app/bank-profiles.ts";
import { approveFile } from "../../src/app/decide-file.ts";
import { listTransferFiles } from "../../src/app/list-transfer-files.ts";
import { importOrThrow, writeRecords } from "../../src/demo/import-market.ts";
import { DAYS, EVE, endpointRecord, marketplaceRecord, marketRecords } from "../../src/demo/market.ts";
import { plantAuthorisations } from "../../src/demo/plant-authorisations.ts";
import { timetable } from "../../src/demo/timetable.ts";
import { ENDPOINT_SECRET, startWorld, ZONE } from "../../src/demo/world.ts";
import { instantOf } from "../../src/domain/calendar.ts";
import { tempDir } from "../support/temp-dir.ts";
import { emptyDatabase, type StoreKind, type TestDatabase } from "../support/test-database.ts";

export const [DAY] = DAYS;

export interface CrashMarket {
  readonly database: TestDatabase;
  /** Fail points that its night passed. */
  readonly reached: ReadonlySet<string>;
}

/** The sandbox's profile with changes to its exchange, in a folder of its own; two transfers a file. */
export function profilesWith(exchange: Readonly<Record<string, unknown>>): string {
  const profile = JSON.parse(readFileSync(join(shippedProfilesFolder(), "sandbox.json"), "utf8"));
  profile.exchange = { ...profile.exchange, ...exchange };
  profile.limits = { transfersPerFile: 2, transfersPerPayment: 2 };
  const folder = join(tempDir("remit-profiles-"), "profiles");
  mkdirSync(folder);
  writeFileSync(join(folder, "sandbox.json"), JSON.stringify(profile));
  return folder;
}

export async function crashMarket(kind: StoreKind): Promise<CrashMarket> {
  const database = await emptyDatabase(kind);
  const world = await startWorld(join(tempDir("remit-crash-"), "world"), instantOf(EVE, "20:00", ZONE), {
    config: { databaseUrl: database.url, profiles: profilesWith({}) },
  });
  const reached = new Set<string>();
  const empty = await world.open("migrate");
  await empty.store.migrate();
  await empty.close();
  const opened = await world.open("write", "job:write-transfer-files");
  const context = { ...opened, at: async (point: string) => void reached.add(point) };
  const { folder, receiver } = world;
  await importOrThrow(context, [
    writeRecords(folder, "marketplace.ndjson", [marketplaceRecord(), endpointRecord(receiver.url, ENDPOINT_SECRET)]),
    writeRecords(folder, "market.ndjson", marketRecords({ sellers: 4, orders: 24 })),
  ]);
  await plantAuthorisations(context.store.db, world.gateway);
  const jobs = timetable(context);
  for (const at of ["00:15", "01:00", "02:00", "02:20", "02:30"]) {
    world.moveTo(DAY, at);
    await jobs.runDue();
  }
  for (const { messageId } of await listTransferFiles(context, { state: "AWAITING_APPROVAL", limit: 10 })) {
    await approveFile({ ...context, actor: "finance-director" }, { messageId });
  }
  await opened.close();
  await world.stop();
  return { database, reached };
}
