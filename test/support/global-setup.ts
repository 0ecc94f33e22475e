/** Makes sure, once before all tests, that the programs they run against are there. Starts nothing. */
import { needPart, PARTS, type PartName } from "./parts.ts";

const NEEDED = ["redis", "sshd", "sshKeygen", "postgres"] as const satisfies readonly PartName[];

export function setup(): void {
  for (const name of NEEDED) {
    if (process.env[PARTS[name].given] === undefined) needPart(name);
  }
}
