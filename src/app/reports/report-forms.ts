/** A report in its three forms, and the folder they are written to. */
import { join } from "node:path";
import type { Page } from "./page.ts";
import { renderHtml } from "./render-html.ts";
import { reportJson } from "./report-json.ts";
import { folderName, writeReport } from "./write-report.ts";

export interface ReportForms {
  /** Name of the files, without what follows the dot. */
  readonly name: string;
  readonly page: Page;
  readonly csv: Iterable<string> | AsyncIterable<string>;
  /** The report itself, as a value. */
  readonly json: unknown;
}

/** Where the reports of a marketplace and date lie: `<reports>/<date>/<marketplace>`. */
export function reportsFolder(reports: string, businessDate: string, marketplace: string): string {
  return join(reports, businessDate, folderName(marketplace));
}

/** Answers the paths written. */
export async function writeForms(folder: string, { name, page, csv, json }: ReportForms): Promise<readonly string[]> {
  const path = (ending: string) => join(folder, `${folderName(name)}.${ending}`);
  await writeReport(path("html"), [renderHtml(page)]);
  await writeReport(path("csv"), csv);
  await writeReport(path("json"), [reportJson(json)]);
  return [path("html"), path("csv"), path("json")];
}
