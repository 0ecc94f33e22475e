/** Opens the context for one command and closes it, however the command ends. */
import type { Context } from "../app/context.ts";
import { loadConfig } from "../config.ts";
import { type OpenContextOptions, openContext } from "../context.ts";
import { createLog } from "../log.ts";
import type { Call } from "./act.ts";

export async function withContext<Result>(
  { actor, watched }: Call,
  access: OpenContextOptions["access"],
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const config = loadConfig();
  // A person at a terminal reads what the command prints; the log's lines would only hide it.
  const log = createLog({ level: watched && config.logLevel === "info" ? "warn" : config.logLevel });
  const context = await openContext({ access, actor, config, log });
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}
