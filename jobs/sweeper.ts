/** The sweep's timer inside a worker: it goes on when Redis is silent, and comes early when something is known to be due. */
import type { Logger } from "pino";

export interface SweeperOptions {
  readonly everyMs: number;
  readonly now: () => Date;
  readonly log: Logger;
  /** Does one sweep; answers when the next one is worth while, if that is known. */
  readonly sweep: () => Promise<Date | undefined>;
}

export interface Sweeper {
  start(): void;
  /** Sweeps; one that is under way is followed by another, because it may have looked too early. Never throws. */
  now(): Promise<void>;
  /** Sweeps in a moment, without being waited for. */
  soon(): void;
  stop(): Promise<void>;
}

/** After a queue job has returned, so that Redis no longer counts it as being worked on. */
const MOMENT_MS = 20;

/** A sweep fails when Redis or the store is away: what is due should not wait long once it is back. */
const AFTER_FAILURE_MS = 2_000;

export function sweeper({ everyMs, now, log, sweep }: SweeperOptions): Sweeper {
  let timer: NodeJS.Timeout | undefined;
  let moment: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  const wait = (ms: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(run, ms);
  };
  const once = async () => {
    let next = everyMs;
    try {
      do {
        again = false;
        const at = await sweep();
        next = at === undefined ? everyMs : Math.min(everyMs, Math.max(MOMENT_MS, at.getTime() - now().getTime()));
      } while (again && !stopped);
    } catch (error) {
      next = Math.min(everyMs, AFTER_FAILURE_MS);
      log.warn({ error: error instanceof Error ? error.message : String(error) }, "sweep failed, the next one follows");
    }
    wait(next);
  };
  const run = (): Promise<void> => {
    if (stopped) return Promise.resolve();
    again = true;
    running ??= once().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    start: () => void run(),
    now: run,
    soon: () => {
      clearTimeout(moment);
      if (!stopped) moment = setTimeout(run, MOMENT_MS);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(moment);
      await running;
    },
  };
}
