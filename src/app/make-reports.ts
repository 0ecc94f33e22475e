/** The job `make-reports`: what finance reads in the morning, as pages to print, lists for spreadsheets and exact JSON. */
import { join } from "node:path";
import { allMarketplaces, type Marketplace } from "../store/marketplaces.ts";
import { filesMadeOn } from "../store/reports/file-sheets.ts";
import type { Context, Job } from "./context.ts";
import { loadCaptureOutlook } from "./reports/capture-outlook.ts";
import { loadFileSheet } from "./reports/file-sheet.ts";
import { loadOpenMatters, loadUnassigned, type OpenMattersReport } from "./reports/open-matters-report.ts";
import { loadReconciliation } from "./reports/reconciliation-report.ts";
import { captureOutlookCsv, captureOutlookPage } from "./reports/render-capture-outlook.ts";
import { fileSheetCsv, fileSheetPage } from "./reports/render-file-sheet.ts";
import { openMattersCsv, openMattersPage } from "./reports/render-open-matters.ts";
import { reconciliationCsv, reconciliationPage } from "./reports/render-reconciliation.ts";
import { sellerStatementsCsv } from "./reports/render-seller-statements.ts";
import { settlementCsv, settlementPage } from "./reports/render-settlement.ts";
import { type ReportForms, reportsFolder, writeForms } from "./reports/report-forms.ts";
import { sellerStatements } from "./reports/seller-statements.ts";
import { loadSettlementReport } from "./reports/settlement-report.ts";
import { writeReport } from "./reports/write-report.ts";

/** Counts of the job: files written, by marketplace. Running it again with nothing new writes the same bytes. */
export const makeReports: Job = async (context, businessDate) => {
  const counts: Record<string, number> = {};
  for (const marketplace of await allMarketplaces(context.store.db)) {
    const folder = reportsFolder(context.config.reports, businessDate, marketplace.ref);
    const forms = await writeAll(folder, dailyReports(context, marketplace, businessDate));
    await writeStatements(context, marketplace, businessDate, folder);
    counts[`${marketplace.ref}.files`] = forms + 1;
  }
  counts["unassigned.files"] = await reportUnassigned(context, businessDate);
  return { counts, findings: [] };
};

/** One after the other, so that only one report is in memory. */
async function* dailyReports(
  context: Context,
  marketplace: Marketplace,
  businessDate: string,
): AsyncGenerator<ReportForms> {
  const { db } = context.store;
  const now = context.clock();
  const settlement = await loadSettlementReport(db, marketplace, businessDate, now);
  yield { name: "settlement", page: settlementPage(settlement), csv: settlementCsv(settlement), json: settlement };
  const lines = await loadReconciliation(db, marketplace, businessDate, now);
  yield { name: "reconciliation", page: reconciliationPage(lines), csv: reconciliationCsv(lines), json: lines };
  yield openMattersForms(await loadOpenMatters(db, marketplace, businessDate, now));
  const outlook = await loadCaptureOutlook(db, marketplace, businessDate, now);
  yield {
    name: "capture-deadlines",
    page: captureOutlookPage(outlook),
    csv: captureOutlookCsv(outlook),
    json: outlook,
  };
  for (const file of await filesMadeOn(db, marketplace.id, businessDate)) {
    const sheet = await loadFileSheet(db, marketplace, file, now);
    yield {
      name: `transfer-file-${file.message_id}`,
      page: fileSheetPage(sheet),
      csv: fileSheetCsv(db, file.id, file.message_id),
      json: sheet,
    };
  }
}

function openMattersForms(report: OpenMattersReport): ReportForms {
  return { name: "exceptions", page: openMattersPage(report), csv: openMattersCsv(report), json: report };
}

async function writeAll(folder: string, reports: AsyncIterable<ReportForms>): Promise<number> {
  let files = 0;
  for await (const forms of reports) files += (await writeForms(folder, forms)).length;
  return files;
}

async function writeStatements(
  { store, config }: Context,
  { id }: Marketplace,
  businessDate: string,
  folder: string,
): Promise<void> {
  const parts = sellerStatements(store.db, { marketplaceId: id, businessDate }, config.reports);
  await writeReport(join(folder, "seller-statements.csv"), sellerStatementsCsv(businessDate, parts));
}

/** Only when there is something: what belongs to no marketplace lies beside the marketplaces' folders. */
async function reportUnassigned(context: Context, businessDate: string): Promise<number> {
  const report = await loadUnassigned(context.store.db, businessDate, context.clock());
  if (report.exceptions.length === 0) return 0;
  // A marketplace's folder never begins with an underscore and two letters that are no hexadecimal number.
  const folder = join(context.config.reports, businessDate, "_unassigned");
  return (await writeForms(folder, openMattersForms(report))).length;
}
