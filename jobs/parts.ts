/** The parts of jobs that go through the queue, by the name of their work. */
import { runOperations } from "../src/app/run-operations.ts";
import { settleOne } from "../src/app/settle.ts";
import type { RunPart } from "../src/app/share-out.ts";
import { endSweep } from "../src/app/sweep-captures.ts";

export const PARTS: Readonly<Record<string, RunPart>> = {
  "end-sweep": endSweep,
  "run-operations": runOperations,
  settle: settleOne,
};
