/** The queues in Redis: their names, what their jobs carry, and how we connect. Jobs carry ids, never data. */
import { type ConnectionOptions, Queue, type QueueOptions } from "bullmq";
import type { Logger } from "pino";
import type { Part } from "../src/app/context.ts";

/** One hash tag, so that all keys are on one node of a Redis Cluster. */
export const PREFIX = "{remit}";

export const WORK_QUEUE = "work";
export const NOTIFY_QUEUE = "notify";
/** Parts of a job whose slot one worker holds: see `share-parts.ts`. */
export const PARTS_QUEUE = "parts";

/** `tick`: something became due. `sweep`: look for what is due and unfinished. `run`: this slot. `deliver`: empty the outbox. `part`: this part of a job. */
export type QueueJob =
  | { readonly name: "tick"; readonly data: { readonly job: string } }
  | { readonly name: "sweep"; readonly data: Record<string, never> }
  | { readonly name: "run"; readonly data: { readonly slotId: string } }
  | { readonly name: "deliver"; readonly data: Record<string, never> }
  | { readonly name: "part"; readonly data: Part };

/** Finished queue jobs are worth nothing: the database knows what was done. */
export const FORGET = { removeOnComplete: { count: 100 }, removeOnFail: { count: 100 } } as const;

const LONGEST_RECONNECT_MS = 2_000;

/** A worker waits for Redis as long as it takes. */
export function waitingConnection(url: string): ConnectionOptions {
  return { url, maxRetriesPerRequest: null, retryStrategy };
}

/** Whoever adds jobs is told at once that Redis is away: the sweep comes again. */
function failingFast(url: string): ConnectionOptions {
  return { url, enableOfflineQueue: false, maxRetriesPerRequest: 0, connectTimeout: 3_000, retryStrategy };
}

function retryStrategy(times: number): number {
  return Math.min(times * 100, LONGEST_RECONNECT_MS);
}

export function openQueue(name: string, url: string, log: Logger): Queue {
  const options: QueueOptions = { connection: failingFast(url), prefix: PREFIX, defaultJobOptions: FORGET };
  const queue = new Queue(name, options);
  queue.on("error", (error) => log.warn({ queue: name, error: error.message }, "queue"));
  return queue;
}
