/** `remit start`: the long-running processes, until they are asked to stop. */
import { Argument, type Command } from "commander";
import { type Config, loadConfig } from "../../config.ts";
import { openContext } from "../../context.ts";
import { createLog } from "../../log.ts";
import { act, type Call, type Said } from "../act.ts";
import { untilStopped } from "../until-stopped.ts";

/** Stops a part; false when work had to be left to another process. */
type Stop = () => Promise<boolean>;

const PARTS = ["web", "worker", "scheduler", "all"] as const;
type Part = (typeof PARTS)[number];

export function addStartCommand(program: Command): void {
  const command = program
    .command("start")
    .description("run a long-running process in the foreground; `all` is everything in one, for one machine")
    .addArgument(new Argument("[part]", "which one").choices([...PARTS]).default("all"));
  act(command, (call) => start(call, (call.args[0] ?? "all") as Part));
}

async function start(call: Call, part: Part): Promise<Said> {
  // Asked for before anything is started: whoever stops us while we start is answered as well.
  const stopped = untilStopped();
  const config = loadConfig();
  const log = createLog({ level: config.logLevel });
  const stops: Stop[] = [];
  // In the order opposite to starting. The store is not closed under a worker that could not be stopped.
  const stopAll = async () => {
    for (const stop of stops.reverse()) if (!(await stop())) return false;
    return true;
  };
  try {
    // The scheduler never opens the store: beside a worker on SQLite it would be a second writer.
    if (part === "scheduler" || part === "all") stops.push(await startSchedulerPart(config, log));
    if (part !== "scheduler") stops.push(...(await startStoreParts(call, config, log, part)));
  } catch (error) {
    await stopAll();
    throw error;
  }
  const signal = await stopped;
  log.info({ signal }, "stopping");
  const clean = await stopAll();
  log.info({ clean }, "stopped");
  // What could not be finished in time may still hold connections; the database hands it to another worker.
  if (!clean) process.exit(0);
  return { ok: true };
}

type Log = ReturnType<typeof createLog>;

async function startSchedulerPart(config: Config, log: Log): Promise<Stop> {
  const { checkRedis } = await import("../../../jobs/redis-check.ts");
  const { startScheduler } = await import("../../../jobs/scheduler.ts");
  const { SCHEDULE } = await import("../../../jobs/schedule.ts");
  const redisUrl = await checkRedis(config.redisUrl, { unsafe: config.redisUnsafe });
  const { zone, sweepEveryMs } = config;
  const scheduler = await startScheduler({ redisUrl, zone, sweepEveryMs, schedule: SCHEDULE, log });
  return async () => {
    await scheduler.close();
    return true;
  };
}

/** Web and worker share one store: on SQLite there can be only one process that writes. */
async function startStoreParts(call: Call, config: Config, log: Log, part: Part): Promise<Stop[]> {
  const context = await openContext({ access: "write", actor: call.actor, config, log });
  const stops: Stop[] = [
    async () => {
      await context.close();
      return true;
    },
  ];
  try {
    if (part !== "web") {
      const { checkRedis } = await import("../../../jobs/redis-check.ts");
      const { startWorker } = await import("../../../jobs/worker.ts");
      const { SCHEDULE } = await import("../../../jobs/schedule.ts");
      const redisUrl = await checkRedis(config.redisUrl, { unsafe: config.redisUnsafe });
      const worker = await startWorker(context, { redisUrl, schedule: SCHEDULE, ...config.worker });
      stops.push(() => worker.close());
    }
    if (part !== "worker") {
      const { startWeb } = await import("../../web/server.ts");
      const web = await startWeb(context);
      log.info({ port: web.port }, "web started");
      stops.push(async () => {
        await web.close();
        return true;
      });
    }
    return stops;
  } catch (error) {
    for (const stop of stops.reverse()) await stop();
    throw error;
  }
}
