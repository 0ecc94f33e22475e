/** Several workers on one queue, and somebody who starts a new one for each that falls. */
import type { TestPostgres } from "../support/postgres.ts";
import type { TestRedis } from "../support/redis.ts";
import type { Fault } from "./faults.ts";
import { flushRedis } from "./process-story.ts";
import { type RemitProcess, startRemit } from "./remit-process.ts";

export interface Crew {
  /** Does the fault and answers when it is over; those who fell are replaced. */
  suffer(fault: Fault, victim: number): Promise<void>;
  readonly killed: () => number;
  stop(): Promise<readonly number[]>;
  output(): string;
}

export interface CrewOptions {
  readonly configFile: string;
  readonly workers: number;
  readonly redis: TestRedis;
  readonly postgres: TestPostgres;
  /** Longer than the lock of a worker. */
  readonly freezeMs: number;
}

export function startCrew({ configFile, workers, redis, postgres, freezeMs }: CrewOptions): Crew {
  const scheduler = startRemit(configFile, "start", "scheduler");
  const crew: RemitProcess[] = Array.from({ length: workers }, () => startRemit(configFile, "start", "worker"));
  let killed = 0;
  const kill = async (index: number) => {
    await crew[index]?.kill();
    killed += 1;
    crew[index] = startRemit(configFile, "start", "worker");
  };
  /** One that was just starting refuses to start without Redis and without its store: whoever watches over it starts it again. */
  const replaceTheFallen = () => {
    for (const [index, process] of crew.entries()) {
      if (!process.lives()) crew[index] = startRemit(configFile, "start", "worker");
    }
  };
  const isAway = async (server: TestRedis | TestPostgres, forMs: number) => {
    await server.kill();
    await pause(forMs);
    await server.restart();
    replaceTheFallen();
  };
  const victims = (count: number, first: number) => Array.from({ length: count }, (_, n) => (first + n) % workers);
  const suffer = async (fault: Fault, victim: number): Promise<void> => {
    switch (fault.kind) {
      case "kill":
        await Promise.all(victims(fault.workers, victim).map(kill));
        return;
      case "freeze":
        for (const index of victims(fault.workers, victim)) crew[index]?.freeze();
        await pause(freezeMs);
        for (const index of victims(fault.workers, victim)) crew[index]?.thaw();
        return;
      case "flush":
        return flushRedis(redis.url);
      case "redis-away":
        return isAway(redis, fault.forMs);
      case "database-away":
        return isAway(postgres, fault.forMs);
      default:
        fault satisfies never;
    }
  };
  return {
    suffer,
    killed: () => killed,
    stop: () => Promise.all([...crew, scheduler].map((process) => process.stop())),
    output: () => [...crew, scheduler].map((process) => process.output()).join("\n"),
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
