/** `remit run`: one job, or the whole night, in this process. */
import { Argument, type Command } from "commander";
import { type NightEntry, runNight } from "../../../jobs/night.ts";
import { jobNamed, NIGHT, SCHEDULE } from "../../../jobs/schedule.ts";
import type { Context } from "../../app/context.ts";
import { isProofCount } from "../../app/report-proofs.ts";
import { runJob } from "../../app/run-job.ts";
import { act, type Call, type Outcome } from "../act.ts";
import { businessDateOf, dateOption } from "../options.ts";
import { progressBar } from "../progress.ts";
import { table } from "../table.ts";
import { withContext } from "../with-context.ts";

const NIGHTLY = "nightly";

export function addRunCommand(program: Command): void {
  const jobs = [...new Set(SCHEDULE.map(({ job }) => job))];
  const command = program
    .command("run")
    .description("run one job in this process, or `nightly`: the night in order; safe to run twice")
    .addArgument(new Argument("<job>", "the job").choices([...jobs, NIGHTLY]))
    .addOption(dateOption())
    .addHelpText(
      "after",
      () => `\nJobs:\n${jobs.map((job) => `  ${job.padEnd(24)}${jobNamed(job)?.does ?? ""}`).join("\n")}`,
    );
  act(command, (call) => withContext(call, "write", (context) => run(call, context)));
}

async function run(call: Call, context: Context): Promise<Outcome> {
  const businessDate = businessDateOf(call, context);
  const [name = ""] = call.args;
  if (name === NIGHTLY) return runWholeNight(call, context, businessDate);
  const row = jobNamed(name);
  if (row === undefined) throw new Error(`${name} is not in the schedule`);
  const { counts, findings } = await runJob(context, {
    job: name,
    run: (ctx, date) => row.run(ctx, { businessDate: date }),
    businessDate,
  });
  return {
    findings,
    json: { job: name, businessDate, counts },
    text: [`${name} ${businessDate}: ${countsText(counts)}`, ...proofLines(counts)].join("\n"),
  };
}

async function runWholeNight(call: Call, context: Context, businessDate: string): Promise<Outcome> {
  const progress = progressBar(call.watched);
  const order: readonly string[] = NIGHT;
  const show = (job: string) => progress.update(order.indexOf(job), order.length, job);
  const entries = await runNight(context, businessDate, { before: show }).finally(progress.stop);
  return {
    findings: entries.flatMap(({ findings }) => findings),
    json: { businessDate, jobs: entries },
    text: [
      table(["job", "state", "counts"], entries.map(rowOf)),
      ...entries.flatMap(({ counts }) => proofLines(counts)),
    ].join("\n"),
  };
}

function rowOf({ job, state, counts }: NightEntry): string[] {
  return [job, state, countsText(counts)];
}

function countsText(counts: NightEntry["counts"]): string {
  const parts = Object.entries(counts).flatMap(([name, count]) => (isProofCount(name) ? [] : [`${name} ${count}`]));
  return parts.length === 0 ? "nothing to count" : parts.join(", ");
}

/** The proofs of conservation, each a line of its own. */
function proofLines(counts: NightEntry["counts"]): readonly string[] {
  return Object.entries(counts).flatMap(([name, proof]) =>
    isProofCount(name) ? [`${name.replaceAll(".", " ")}: ${proof}`] : [],
  );
}
