/** Jobs in parts: done by all workers that are free where there are several, one after another where there is one. */
import type { Context, JobReport, Part } from "./context.ts";

export type RunPart = (context: Context, part: Part) => Promise<JobReport>;

/** The reports of all parts as one: counts of the same name are added up. An error of a part is thrown here. */
export async function shareOut(context: Context, parts: readonly Part[], run: RunPart): Promise<JobReport> {
  const here = (part: Part) => run(context, part);
  const reports =
    context.shareOut === undefined || parts.length < 2
      ? await oneAfterAnother(parts, here)
      : await context.shareOut(parts, here);
  const counts: Record<string, number | bigint | string> = {};
  for (const report of reports) {
    for (const [name, value] of Object.entries(report.counts)) {
      const sum = counts[name];
      counts[name] = typeof sum === "number" && typeof value === "number" ? sum + value : value;
    }
  }
  return { counts, findings: reports.flatMap(({ findings }) => findings) };
}

async function oneAfterAnother(parts: readonly Part[], run: (part: Part) => Promise<JobReport>) {
  const reports: JobReport[] = [];
  for (const part of parts) reports.push(await run(part));
  return reports;
}
