/** The job `sweep-captures`: capture what is due or would lapse, expire what lapsed, warn of validations that run out. */

import { planCaptures } from "../domain/capture-plan.ts";
import { afterExpiry } from "../domain/operation-effect.ts";
import type { DetailedStatus } from "../domain/transaction.ts";
import {
  awaitingValidation,
  changeTransactions,
  dueCaptures,
  lapsedTransactions,
  markWarned,
  validationsRunningOut,
} from "../store/authorisations.ts";
import { openExceptions, resolveMissing } from "../store/exceptions.ts";
import { allMarketplaces, type Marketplace, marketplaceNamed, turnOfMarketplace } from "../store/marketplaces.ts";
import { insertOperations } from "../store/operations.ts";
import { consolidateOrders } from "../store/order-status.ts";
import { capturePolicyOf } from "../store/policies.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import { bookOperations } from "./book-operations.ts";
import type { Context, Job, Part } from "./context.ts";
import { gatewayParts, runOperations } from "./run-operations.ts";
import { type RunPart, shareOut } from "./share-out.ts";

const AT_ONCE = 1_000;
const HOUR_MS = 3_600_000;
/** A manual validation with less time left than this is told to operations and to the marketplace. */
const WARNING_HOURS = 48;
const COUNTED = ["planned", "succeeded", "failed", "unknown", "expired", "warned", "booked"] as const;

export const sweepCaptures: Job = async (context, businessDate) => {
  const marketplaces = await allMarketplaces(context.store.db);
  const counts: Record<string, number | bigint | string> = {};
  const calls: Part[] = [];
  for (const marketplace of marketplaces) {
    for (const name of COUNTED) counts[`${marketplace.ref}.${name}`] = 0;
    counts[`${marketplace.ref}.planned`] = await planDueCaptures(context, marketplace, businessDate);
    calls.push(...(await gatewayParts(context, marketplace, businessDate)));
  }
  const asked = await shareOut(context, calls, runOperations);
  const { actor } = context;
  const rest = marketplaces.map(({ ref }) => ({ work: "end-sweep", marketplace: ref, businessDate, actor }));
  const ended = await shareOut(context, rest, endSweep);
  return { counts: { ...counts, ...asked.counts, ...ended.counts }, findings: asked.findings };
};

/** What follows when the gateway has been asked: what lapsed expires, what will is warned of, what was captured is booked. */
export const endSweep: RunPart = async (context, { marketplace: ref, businessDate }) => {
  const marketplace = await marketplaceNamed(context.store.db, ref);
  const expired = await expireLapsed(context, marketplace);
  const warned = await warnOfValidations(context, marketplace, businessDate);
  const { operations } = await bookOperations(context.store, marketplace, businessDate);
  return {
    counts: { [`${ref}.expired`]: expired, [`${ref}.warned`]: warned, [`${ref}.booked`]: operations },
    findings: [],
  };
};

async function planDueCaptures(context: Context, marketplace: Marketplace, businessDate: string): Promise<number> {
  const now = context.clock();
  const lapsesBefore = new Date(now.getTime() + capturePolicyOf(marketplace.row).marginHours * HOUR_MS);
  const apart = { alone: [turnOfMarketplace(marketplace.ref)] };
  let planned = 0;
  for (let afterId: bigint | undefined = 0n; afterId !== undefined; ) {
    const after: bigint = afterId;
    // Looked at and planned in one transaction: what an import asks of them meanwhile would be captured beside it.
    const { last, captures } = await context.store.write(async (tx) => {
      const due = await dueCaptures(tx.db, marketplace.id, {
        date: businessDate,
        lapsesBefore,
        now,
        afterId: after,
        limit: AT_ONCE,
      });
      const plans = due.filter(({ open }) => open > 0n).flatMap((transaction) => capturesOf(transaction, marketplace));
      if (plans.length > 0) await insertOperations(tx, marketplace.id, plans, businessDate, now);
      return { last: due.at(-1)?.id, captures: plans.length };
    }, apart);
    afterId = last;
    planned += captures;
  }
  return planned;
}

function capturesOf(transaction: Awaited<ReturnType<typeof dueCaptures>>[number], { row }: Marketplace) {
  return planCaptures(transaction, row.integration_mode, transaction.captures).map((capture) => ({
    ...capture,
    kind: "CAPTURE" as const,
    currency: transaction.currency,
  }));
}

async function expireLapsed(context: Context, marketplace: Marketplace): Promise<number> {
  const now = context.clock();
  const apart = { alone: [turnOfMarketplace(marketplace.ref)] };
  let expired = 0;
  for (;;) {
    const done = await context.store.write(async (tx) => {
      const lapsed = await lapsedTransactions(tx.db, marketplace.id, now, AT_ONCE);
      const changes = lapsed.map(({ detailed_status, order_id, ...row }) => {
        const from = detailed_status as DetailedStatus;
        const { detailedStatus: to, ...amounts } = afterExpiry({ ...row, detailedStatus: from });
        return { ...row, ...amounts, from, to, orderId: order_id };
      });
      await changeTransactions(tx, changes, now);
      const orders = await consolidateOrders(
        tx,
        changes.map(({ orderId }) => orderId),
      );
      const told = changes.map(({ ref, to }) => ({
        kind: "transaction" as const,
        ref,
        status: to,
        detail: "authorisation lapsed",
      }));
      await recordStatusChanges(tx, marketplace.id, [...told, ...orders], now);
      return lapsed.length;
    }, apart);
    expired += done;
    if (done < AT_ONCE) return expired;
  }
}

async function warnOfValidations(context: Context, marketplace: Marketplace, businessDate: string): Promise<number> {
  const now = context.clock();
  return context.store.write(async (tx) => {
    const before = new Date(now.getTime() + WARNING_HOURS * HOUR_MS);
    const running = await validationsRunningOut(tx.db, marketplace.id, now, before);
    await resolveMissing(
      tx,
      { marketplaceId: marketplace.id, prefix: "validation-running-out/" },
      (await awaitingValidation(tx.db, marketplace.id)).map((ref) => identityOf(marketplace, ref)),
      "it was validated, or has lapsed",
      now,
    );
    await markWarned(
      tx,
      running.map(({ id }) => id),
      now,
    );
    await openExceptions(
      tx,
      running.map(({ ref, expires_at, amount, currency }) => ({
        identity: identityOf(marketplace, ref),
        marketplaceId: marketplace.id,
        reason: "VALIDATION_RUNNING_OUT",
        subjectKind: "transaction",
        subjectRef: ref,
        says: `waits for manual validation and lapses at ${expires_at}`,
        amount,
        currency,
        owner: "operations",
      })),
      businessDate,
      now,
    );
    await recordStatusChanges(
      tx,
      marketplace.id,
      running.map(({ ref, expires_at }) => ({
        kind: "transaction",
        ref,
        status: "AUTHORISED_TO_VALIDATE",
        detail: `lapses at ${expires_at}`,
      })),
      now,
    );
    return running.length;
  });
}

function identityOf(marketplace: Marketplace, transaction: string): string {
  return `validation-running-out/${marketplace.ref}/${transaction}`;
}
