/** Onboarding of sellers (seed 001): requests, decisions on documents and sellers, holds; each in the order of the file. */
import { DOCUMENT_DECISIONS, DOCUMENT_LIFECYCLE } from "../../domain/document.ts";
import { OPERATOR } from "../../domain/order.ts";
import { ONBOARDING_LIFECYCLE, type OnboardingState, SELLER_DECISIONS } from "../../domain/seller.ts";
import { recordAudit } from "../../store/audit-log.ts";
import { sellersByRef } from "../../store/import-lookups.ts";
import {
  documentStatesOf,
  documentsByRef,
  holdSeller,
  type KnownDocument,
  moveDocument,
  moveSeller,
} from "../../store/onboarding.ts";
import type { SellerRow } from "../../store/rows/marketplace-rows.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import type { KnownMarketplace } from "./known-marketplaces.ts";
import type {
  DocumentDecisionRecord,
  SellerDecisionRecord,
  SellerHoldRecord,
  ValidationRequestRecord,
} from "./records.ts";

type OnboardingRecord = DocumentDecisionRecord | ValidationRequestRecord | SellerDecisionRecord | SellerHoldRecord;

/** People decide one by one: these records come by the dozen, not by the thousand. */
export async function applyOnboarding(
  run: ImportRun,
  marketplace: KnownMarketplace,
  all: readonly Checked<OnboardingRecord>[],
): Promise<void> {
  if (all.length === 0) return;
  const work = await openWork(run, marketplace, all);
  for (const checked of all) {
    const { record } = checked;
    if (record.type === "document_decision") await decideDocument(work, { ...checked, record });
    else if (record.type === "validation_request") await requestValidation(work, { ...checked, record });
    else if (record.type === "seller_decision") await decideSeller(work, { ...checked, record });
    else await hold(work, { ...checked, record });
  }
}

interface Work {
  readonly run: ImportRun;
  readonly marketplace: KnownMarketplace;
  readonly sellers: Map<string, SellerRow>;
  readonly documents: Map<string, KnownDocument>;
}

async function openWork(
  run: ImportRun,
  marketplace: KnownMarketplace,
  all: readonly Checked<OnboardingRecord>[],
): Promise<Work> {
  const sellerRefs = all.flatMap(({ record }) => ("seller" in record ? [record.seller] : []));
  const documentRefs = all.flatMap(({ record }) => ("document" in record ? [record.document] : []));
  const { id } = marketplace.row;
  const sellers = await sellersByRef(run.tx.db, id, [...new Set(sellerRefs)]);
  const documents = await documentsByRef(run.tx.db, id, [...new Set(documentRefs)]);
  return { run, marketplace, sellers: new Map(sellers.map((row) => [row.ref, row])), documents };
}

function sellerOf(
  { run, marketplace, sellers }: Work,
  checked: Checked<Exclude<OnboardingRecord, DocumentDecisionRecord>>,
) {
  const { seller: ref } = checked.record;
  const seller = sellers.get(ref);
  const type = ref === OPERATOR ? "marketplace" : "seller";
  if (seller === undefined) run.notFound(checked, "seller", { type, marketplace: marketplace.row.ref, ref });
  return seller;
}

async function audit(
  { run }: Work,
  by: string,
  action: string,
  subject: string,
  detail: string | undefined,
): Promise<void> {
  const entry = { actor: by, action, subject, now: run.now, ...(detail === undefined ? {} : { detail }) };
  await recordAudit(run.tx, entry);
}

async function decideDocument(work: Work, checked: Checked<DocumentDecisionRecord>): Promise<void> {
  const { run, marketplace, documents } = work;
  const { record, place } = checked;
  const document = documents.get(record.document);
  if (document === undefined) {
    run.notFound(checked, "document", { type: "document", marketplace: marketplace.row.ref, ref: record.document });
    return;
  }
  if (document.state === record.decision) return run.count("known");
  const cells: Readonly<Record<string, string>> = DOCUMENT_LIFECYCLE[document.state];
  if (cells[DOCUMENT_DECISIONS[record.decision]] === undefined) {
    place.fault(
      "TRANSITION_REFUSED",
      "decision",
      `${record.decision} of a document that is ${document.state}`,
      "another document: this decision is final",
    );
    return;
  }
  const { decision: to, by, reason } = record;
  await moveDocument(run.tx, { id: document.id, from: document.state, to, by, reason: reason ?? null }, run.now);
  documents.set(document.ref, { ...document, state: to });
  await audit(work, by, `document ${to}`, record.document, reason);
  run.changed(marketplace.row.id, {
    kind: "document",
    ref: document.ref,
    status: to,
    ...(reason === undefined ? {} : { detail: reason }),
  });
  run.count("documentDecisions");
}

/** Seed 001: "Once your sub-merchant is completely filled": with an account, and with documents of which none is refused. */
async function requestValidation(work: Work, checked: Checked<ValidationRequestRecord>): Promise<void> {
  const seller = sellerOf(work, checked);
  if (seller === undefined) return;
  if (seller.onboarding === "PENDING_VALIDATION") return work.run.count("known");
  if (seller.iban === null) {
    checked.place.fault("TRANSITION_REFUSED", "seller", "a seller without an account", "a seller with an IBAN");
    return;
  }
  const documents = await documentStatesOf(work.run.tx.db, seller.id);
  const bad = documents.find(({ state }) => state === "REJECTED" || state === "EXPIRED");
  const replaced =
    bad !== undefined &&
    documents.some(({ type, state }) => type === bad.type && (state === "VALIDATED" || state === "SUBMITTED"));
  if (bad !== undefined && !replaced) {
    checked.place.fault(
      "TRANSITION_REFUSED",
      "seller",
      `document ${bad.ref}, ${bad.type}, is ${bad.state}`,
      `another ${bad.type} in its place`,
    );
    return;
  }
  await move(work, checked, seller, "requestValidation", undefined);
  work.run.count("validationRequests");
}

async function decideSeller(work: Work, checked: Checked<SellerDecisionRecord>): Promise<void> {
  const seller = sellerOf(work, checked);
  if (seller === undefined) return;
  const { decision, by, reason } = checked.record;
  if (seller.onboarding === (decision === "REOPENED" ? "CREATED" : decision)) return work.run.count("known");
  if (!(await move(work, checked, seller, SELLER_DECISIONS[decision], reason))) return;
  await audit(work, by, `seller ${decision}`, seller.ref, reason);
  work.run.count("sellerDecisions");
}

async function move(
  { run, marketplace, sellers }: Work,
  { place }: Checked<ValidationRequestRecord | SellerDecisionRecord>,
  seller: SellerRow,
  event: string,
  reason: string | undefined,
): Promise<boolean> {
  const cells: Readonly<Record<string, OnboardingState>> = ONBOARDING_LIFECYCLE[seller.onboarding];
  const to = cells[event];
  if (to === undefined) {
    place.fault("TRANSITION_REFUSED", "seller", `${event} in ${seller.onboarding}`, Object.keys(cells).join(" or "));
    return false;
  }
  await moveSeller(run.tx, seller.id, seller.onboarding, to);
  sellers.set(seller.ref, { ...seller, onboarding: to });
  run.changed(marketplace.row.id, {
    kind: "seller",
    ref: seller.ref,
    status: to,
    ...(reason === undefined ? {} : { detail: reason }),
  });
  return true;
}

async function hold(work: Work, checked: Checked<SellerHoldRecord>): Promise<void> {
  const seller = sellerOf(work, checked);
  if (seller === undefined) return;
  const { type, by, reason } = checked.record;
  const holds = type === "seller_hold";
  if ((seller.held_by !== null) === holds) return work.run.count("known");
  await holdSeller(work.run.tx, seller.id, holds ? { by, why: reason } : null, work.run.now);
  work.sellers.set(seller.ref, { ...seller, held_by: holds ? by : null });
  await audit(work, by, holds ? "hold seller" : "release seller", seller.ref, reason);
  work.run.changed(work.marketplace.row.id, {
    kind: "seller",
    ref: seller.ref,
    status: holds ? "PAYOUTS_HELD" : "PAYOUTS_RELEASED",
    detail: reason,
  });
  work.run.count(holds ? "sellersHeld" : "sellersReleased");
}
