/** The job `make-reports`: what finance reads in the morning, as pages to print, lists for spreadsheets and exact JSON. */
import { join } from "node:path";
import { allMarketplaces, type Marketplace } from "../store/marketplaces.ts";
import type { Context, Job } from "./context.ts";
import { loadOpenMatters, loadUnassigned, type OpenMattersReport } from "./reports/open-matters-report.ts";
import type { Page } from "./reports/page.ts";
import { loadReconciliation } from "./reports/reconciliation-report.ts";
import { renderHtml } from "./reports/render-html.ts";
import { openMattersCsv, openMattersPage } from "./reports/render-open-matters.ts";
import { reconciliationCsv, reconciliationPage } from "./reports/render-reconciliation.ts";
import { settlementCsv, settlementPage } from "./reports/render-settlement.ts";
import { reportJson } from "./reports/report-json.ts";
import { loadSettlementReport } from "./reports/settlement-report.ts";
import { folderName, writeReport } from "./reports/write-report.ts";

/** Counts of the job: files written, by marketplace. Running it again with nothing new writes the same bytes. */
export const makeReports: Job = async (context, businessDate) => {
  const counts: Record<string, number> = {};
  for (const marketplace of await allMarketplaces(context.store.db)) {
    counts[`${marketplace.ref}.files`] = await reportsOf(context, marketplace, businessDate);
  }
  counts["unassigned.files"] = await reportUnassigned(context, businessDate);
  return { counts, findings: [] };
};

/** A report in its three forms. */
interface Forms {
  readonly name: string;
  readonly page: Page;
  readonly csv: Iterable<string> | AsyncIterable<string>;
  readonly json: unknown;
}

async function reportsOf(context: Context, marketplace: Marketplace, businessDate: string): Promise<number> {
  const { db } = context.store;
  const now = context.clock();
  const folder = reportsFolder(context, businessDate, marketplace.ref);
  const settlement = await loadSettlementReport(db, marketplace, businessDate, now);
  const reconciliation = await loadReconciliation(db, marketplace, businessDate, now);
  const forms: readonly Forms[] = [
    { name: "settlement", page: settlementPage(settlement), csv: settlementCsv(settlement), json: settlement },
    {
      name: "reconciliation",
      page: reconciliationPage(reconciliation),
      csv: reconciliationCsv(reconciliation),
      json: reconciliation,
    },
    openMattersForms(await loadOpenMatters(db, marketplace, businessDate, now)),
  ];
  let files = 0;
  for (const form of forms) files += await writeForms(folder, form);
  return files;
}

function openMattersForms(report: OpenMattersReport): Forms {
  return { name: "exceptions", page: openMattersPage(report), csv: openMattersCsv(report), json: report };
}

/** Only when there is something: what belongs to no marketplace lies beside the marketplaces' folders. */
async function reportUnassigned(context: Context, businessDate: string): Promise<number> {
  const report = await loadUnassigned(context.store.db, businessDate, context.clock());
  if (report.exceptions.length === 0) return 0;
  return writeForms(join(context.config.reports, businessDate, "_unassigned"), openMattersForms(report));
}

/** Where the reports of a marketplace and date lie. */
export function reportsFolder({ config }: Pick<Context, "config">, businessDate: string, marketplace: string): string {
  return join(config.reports, businessDate, folderName(marketplace));
}

async function writeForms(folder: string, { name, page, csv, json }: Forms): Promise<number> {
  await writeReport(join(folder, `${name}.html`), [renderHtml(page)]);
  await writeReport(join(folder, `${name}.csv`), csv);
  await writeReport(join(folder, `${name}.json`), [reportJson(json)]);
  return 3;
}
