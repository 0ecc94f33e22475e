/** Writes the statement page of one seller and day, when somebody asks for it: the answer to "why this amount". */
import { join } from "node:path";
import { RemitError } from "../domain/errors.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import type { Context } from "./context.ts";
import { renderHtml } from "./reports/render-html.ts";
import { sellerStatementPage } from "./reports/render-seller-statements.ts";
import { reportsFolder } from "./reports/report-forms.ts";
import { reportHead } from "./reports/report-head.ts";
import { statementsOfSeller } from "./reports/seller-statements.ts";
import { folderName, writeReport } from "./reports/write-report.ts";

export interface StatementRequest {
  readonly marketplace: string;
  readonly seller: string;
  /** `YYYY-MM-DD`. */
  readonly businessDate: string;
}

/** Answers the path of the page. NOT_FOUND when there is no such marketplace or seller. */
export async function writeSellerStatement(
  { store, clock, config }: Context,
  { marketplace: ref, seller: sellerRef, businessDate }: StatementRequest,
): Promise<string> {
  const marketplace = (await allMarketplaces(store.db)).find((one) => one.ref === ref);
  if (marketplace === undefined) {
    throw new RemitError("NOT_FOUND", { where: "marketplace", found: ref, expected: "an id of a marketplace" });
  }
  const seller = await store.db
    .selectFrom("sellers")
    .select(["id", "ref", "legal_name as name"])
    .where("marketplace_id", "=", marketplace.id)
    .where("ref", "=", sellerRef)
    .executeTakeFirst();
  if (seller === undefined) {
    throw new RemitError("NOT_FOUND", { where: `marketplace ${ref}, seller`, found: sellerRef, expected: "its id" });
  }
  const parts = statementsOfSeller(store.db, { marketplaceId: marketplace.id, businessDate }, seller.id);
  const page = await sellerStatementPage(reportHead(marketplace, businessDate, clock()), seller, parts);
  const folder = reportsFolder(config.reports, businessDate, ref);
  const path = join(folder, "sellers", `${folderName(sellerRef)}.html`);
  await writeReport(path, [renderHtml(page)]);
  return path;
}
