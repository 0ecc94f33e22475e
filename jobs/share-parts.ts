/** Lets all workers help with a job: its parts go into the queue, and whoever is free takes the next one. */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Job, Queue } from "bullmq";
import type { Logger } from "pino";
import type { Context, JobReport, Part } from "../src/app/context.ts";
import { jsonText } from "../src/app/json-text.ts";
import type { RunPart } from "../src/app/share-out.ts";

const LOOK_EVERY_MS = 50;
/** Reports that nobody came for: of a job whose own worker died. */
const FORGOTTEN_AFTER_S = 3_600;

/**
 * The queue only brings helpers; what is done stands in the database. A part that the queue has forgotten, that failed with its
 * worker or cannot be asked about is done here: done twice it does nothing more, and its error is told by whoever owns the job.
 */
export function sharing(queue: Queue, log: Logger): NonNullable<Context["shareOut"]> {
  return async (parts, here) => {
    const share = randomUUID();
    const idOf = (index: number) => `part-${share}-${index}`;
    await offer(queue, parts, idOf).catch((error: unknown) =>
      log.warn({ error: String(error) }, "parts are not shared"),
    );
    const reports: JobReport[] = [];
    for (const [index, part] of parts.entries()) {
      reports.push((await doneByAnybody(queue, idOf(index), log)) ?? (await here(part)));
    }
    return reports;
  };
}

/** Does a part that came through the queue; counts go back as texts where they are 64-bit. */
export async function runPart(job: Job, context: Context, parts: Readonly<Record<string, RunPart>>): Promise<unknown> {
  const part = job.data as Part;
  const run = parts[part.work];
  if (run === undefined) throw new Error(`this worker does not know ${part.work}`);
  const report = await run({ ...context, actor: part.actor }, part);
  return JSON.parse(jsonText(report));
}

async function offer(queue: Queue, parts: readonly Part[], idOf: (index: number) => string): Promise<void> {
  const kept = { age: FORGOTTEN_AFTER_S };
  const opts = (index: number) => ({ jobId: idOf(index), removeOnComplete: kept, removeOnFail: kept });
  await queue.addBulk(parts.map((data, index) => ({ name: "part", data, opts: opts(index) })));
}

async function doneByAnybody(queue: Queue, id: string, log: Logger): Promise<JobReport | undefined> {
  try {
    for (;;) {
      const state = await queue.getJobState(id);
      if (state === "unknown" || state === "failed") return undefined;
      if (state === "completed") {
        const job = await queue.getJob(id);
        await job?.remove();
        return job?.returnvalue as JobReport | undefined;
      }
      await pause(LOOK_EVERY_MS);
    }
  } catch (error) {
    log.warn({ error: String(error) }, "the queue cannot be asked about a part");
    return undefined;
  }
}
