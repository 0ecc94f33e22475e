/** What the demo leaves behind for whoever wants to look: the files that went to the bank and came from it, and the reports. */
import { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Queries } from "../store/store.ts";
import type { World } from "./world.ts";

/** Puts the frozen bytes of every pain.001, and the bank's answers as it wrote them, into `files`. */
export async function keepFiles({ folder }: World, db: Queries): Promise<void> {
  const files = join(folder, "files");
  mkdirSync(files, { recursive: true });
  const rows = await db.selectFrom("transfer_files").select(["message_id", "bytes"]).orderBy("id").execute();
  for (const { message_id, bytes } of rows) writeFileSync(join(files, `pain001-${message_id}.xml`), bytes);
  const sent = join(folder, "sandbox", "bank", "sent");
  for (const name of readdirSync(sent)) copyFileSync(join(sent, name), join(files, name));
}

export interface Keepsakes {
  /** `var/demo/files/pain001-*.xml`. */
  readonly where: string;
  readonly paths: readonly string[];
}

/** Everything worth reading, by kind; paths as they are typed. */
export function keepsakesOf({ folder, config }: World): readonly Keepsakes[] {
  const files = walk(join(folder, "files"));
  const reports = walk(config.reports);
  return [
    { where: "sent to the bank (pain.001)", paths: files.filter((path) => path.includes("pain001-")) },
    { where: "answered by the bank (pain.002)", paths: files.filter((path) => path.includes("pain002-")) },
    { where: "statements of the bank (camt.053)", paths: files.filter((path) => path.includes("camt053-")) },
    { where: "reports to read (HTML)", paths: reports.filter((path) => path.endsWith(".html")) },
    { where: "reports for a spreadsheet (CSV)", paths: reports.filter((path) => path.endsWith(".csv")) },
  ];
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile())
    .sort();
}
