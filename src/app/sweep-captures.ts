/** The job `sweep-captures`: capture what is due or would lapse, expire what lapsed, warn of validations that run out. */

import { planCaptures } from "../domain/capture-plan.ts";
import type { Finding } from "../domain/finding.ts";
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
import { allMarketplaces, type Marketplace, turnOfMarketplace } from "../store/marketplaces.ts";
import { insertOperations } from "../store/operations.ts";
import { consolidateOrders } from "../store/order-status.ts";
import { capturePolicyOf } from "../store/policies.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import { bookOperations } from "./book-operations.ts";
import type { Context, Job } from "./context.ts";
import { runOperations } from "./run-operations.ts";

const AT_ONCE = 1_000;
const HOUR_MS = 3_600_000;
/** A manual validation with less time left than this is told to operations and to the marketplace. */
const WARNING_HOURS = 48;

export const sweepCaptures: Job = async (context, businessDate) => {
  const counts: Record<string, number> = {};
  const findings: Finding[] = [];
  for (const marketplace of await allMarketplaces(context.store.db)) {
    const planned = await planDueCaptures(context, marketplace, businessDate);
    const ran = await runOperations(context, marketplace, businessDate);
    const expired = await expireLapsed(context, marketplace);
    const warned = await warnOfValidations(context, marketplace, businessDate);
    const booked = await bookOperations(context.store, marketplace, businessDate);
    findings.push(...ran.findings);
    const { succeeded, failed, unknown } = ran;
    for (const [name, value] of Object.entries({
      planned,
      succeeded,
      failed,
      unknown,
      expired,
      warned,
      booked: booked.operations,
    })) {
      counts[`${marketplace.ref}.${name}`] = value;
    }
  }
  return { counts, findings };
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
