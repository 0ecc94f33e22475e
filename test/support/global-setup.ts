/** Once before all tests: makes sure that the programs they run against are there, and compiles ours. Starts nothing. */
import type { TestProject } from "vitest/node";
import { compileRemit } from "./compiled-remit.ts";
import { needPart, PARTS, type PartName } from "./parts.ts";

const NEEDED = ["redis", "sshd", "sshKeygen", "postgres"] as const satisfies readonly PartName[];

export async function setup(project: TestProject): Promise<void> {
  for (const name of NEEDED) {
    if (process.env[PARTS[name].given] === undefined) needPart(name);
  }
  project.provide("remitMain", await compileRemit());
}
