/** The worker process: turns ticks and sweeps into due slots, and due slots into runs of jobs. The database is the only truth. */
import { type Job, type Queue, UnrecoverableError, Worker, type WorkerOptions } from "bullmq";
import type { Context } from "../src/app/context.ts";
import { planDueSlots, runnableSlots } from "../src/app/due-slots.ts";
import { runSlot, type SlotOptions } from "../src/app/run-slot.ts";
import type { ScheduleRow } from "../src/app/schedule-row.ts";
import type { RunPart } from "../src/app/share-out.ts";
import { type DeliveryLoop, deliveryLoop } from "./delivery-loop.ts";
import { enqueueSlots } from "./enqueue-slots.ts";
import { PARTS } from "./parts.ts";
import { NOTIFY_QUEUE, openQueue, PARTS_QUEUE, PREFIX, WORK_QUEUE, waitingConnection } from "./queue.ts";
import { runPart, sharing } from "./share-parts.ts";
import { type Sweeper, sweeper } from "./sweeper.ts";

export interface WorkerSettings {
  readonly redisUrl: string;
  readonly schedule: readonly ScheduleRow[];
  /** What can be shared out; all that the schedule's jobs have unless given. */
  readonly parts?: Readonly<Record<string, RunPart>>;
  /** A dead worker's job is handed over after at most this and the interval together. */
  readonly lockMs?: number;
  readonly stalledMs?: number;
  /** How long a stop waits for what is being done. */
  readonly drainMs?: number;
  /** The machine's time, which judges who is alive. */
  readonly now?: () => Date;
}

export interface RunningWorker {
  /** Takes no new work and waits for what is being done; false when that took too long and was left to another worker. */
  close(): Promise<boolean>;
}

const LOCK_MS = 10_000;
const STALLED_MS = 5_000;
const DRAIN_MS = 25_000;

/** A job that falls with its worker comes back as often as it takes: the slot's row says what became of it, not the queue. */
const NEVER_GIVE_UP = 1_000_000;

export async function startWorker(context: Context, settings: WorkerSettings): Promise<RunningWorker> {
  const { redisUrl, schedule, lockMs = LOCK_MS, stalledMs = STALLED_MS, drainMs = DRAIN_MS } = settings;
  const { log, config } = context;
  const now = settings.now ?? (() => new Date());
  const slotOptions: SlotOptions = { leaseMs: lockMs, retryAfterMs: config.sweepEveryMs, now };
  const queue = openQueue(WORK_QUEUE, redisUrl, log);
  const partsQueue = openQueue(PARTS_QUEUE, redisUrl, log);
  // One process writes to a SQLite file: there is nobody to share with.
  const sharedOut = context.store.kind === "postgres" ? { ...context, shareOut: sharing(partsQueue, log) } : context;
  const delivery = deliveryLoop(context, schedule);
  const sweep = sweeper({
    everyMs: config.sweepEveryMs,
    now,
    log,
    sweep: async () => {
      delivery.nudge();
      return sweepOnce(context, schedule, queue, now());
    },
  });
  const options: WorkerOptions = {
    connection: waitingConnection(redisUrl),
    prefix: PREFIX,
    concurrency: 1,
    lockDuration: lockMs,
    stalledInterval: stalledMs,
    maxStalledCount: NEVER_GIVE_UP,
    runRetryDelay: 1_000,
  };
  const leaders = [
    new Worker(WORK_QUEUE, (job) => work(job, sharedOut, schedule, slotOptions, sweep), options),
    new Worker(NOTIFY_QUEUE, () => delivery.deliver(), options),
  ];
  const helper = new Worker(PARTS_QUEUE, (job) => runPart(job, context, settings.parts ?? PARTS), options);
  for (const worker of [...leaders, helper]) {
    worker.on("error", (error) => log.warn({ queue: worker.name, error: error.message }, "worker"));
  }
  await queue.waitUntilReady();
  sweep.start();
  log.info({ lockMs, stalledMs, sweepEveryMs: config.sweepEveryMs }, "worker started");
  return { close: () => close({ leaders, helper, queues: [queue, partsQueue], sweep, delivery, drainMs }) };
}

/** When the next slot may become runnable by itself; undefined when none waits for a time. */
async function sweepOnce(
  context: Context,
  schedule: readonly ScheduleRow[],
  queue: Queue,
  now: Date,
): Promise<Date | undefined> {
  await planDueSlots(context, schedule);
  const { slots, nextAt } = await runnableSlots(context, schedule, now);
  await enqueueSlots(context, queue, slots);
  return nextAt;
}

async function work(
  job: Job,
  context: Context,
  schedule: readonly ScheduleRow[],
  options: SlotOptions,
  sweep: Sweeper,
): Promise<string> {
  if (job.name !== "run") {
    await sweep.now();
    return "swept";
  }
  const outcome = await runSlot(context, schedule, BigInt(job.data.slotId), options);
  // What comes after it in the night is due now; this queue job itself counts as done only when it has returned.
  sweep.soon();
  if (outcome.kind !== "failed") return outcome.kind;
  const { error, again } = outcome;
  if (again) throw error;
  throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
}

interface Parts {
  readonly leaders: readonly Worker[];
  readonly helper: Worker;
  readonly queues: readonly Queue[];
  readonly sweep: Sweeper;
  readonly delivery: DeliveryLoop;
  readonly drainMs: number;
}

async function close({ leaders, helper, queues, sweep, delivery, drainMs }: Parts): Promise<boolean> {
  const drain = async () => {
    await sweep.stop();
    await Promise.all(leaders.map((worker) => worker.close()));
    // Last: what is still being done may wait for parts of its own.
    await helper.close();
    await delivery.stop();
    await Promise.all(queues.map((queue) => queue.close()));
    return true;
  };
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), drainMs);
  });
  return Promise.race([drain(), tooLate]).finally(() => clearTimeout(timer));
}
