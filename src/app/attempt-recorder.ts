/** Writes what came of deliveries to one endpoint, several in one transaction: each one costs a wait for the disk. */
import { setTimeout as pause } from "node:timers/promises";
import type { DeliveryOutcome } from "../notify/delivery-outcome.ts";
import { afterAttempt, type RetryDecision } from "../notify/retry-schedule.ts";
import { disableEndpoint, setFailingSince } from "../store/endpoints.ts";
import { openExceptions } from "../store/exceptions.ts";
import {
  type ClaimedNotification,
  type DueEndpoint,
  type RecordedAttempt,
  recordAttempts,
} from "../store/notifications.ts";
import type { Context } from "./context.ts";

export interface AttemptCounts {
  attempts: number;
  delivered: number;
  retries: number;
  givenUp: number;
  disabled: number;
}

export interface AttemptRecorder {
  /** Decides what follows from an attempt at once; `durable` resolves when it is written. */
  record(notification: ClaimedNotification, outcome: DeliveryOutcome, attemptedAt: Date): RecordedDecision;
}

export interface RecordedDecision {
  readonly decision: RetryDecision;
  readonly durable: Promise<void>;
}

interface Ended {
  readonly attempt: RecordedAttempt;
  readonly decision: RetryDecision;
}

/** How long what ended waits for company; whatever a crash takes with it is sent again under the same id. */
const GATHER_MS = 20;

/** Adds to `counts` what became durable. */
export function attemptRecorder(
  context: Context,
  endpoint: DueEndpoint,
  businessDate: string,
  counts: AttemptCounts,
): AttemptRecorder {
  let failingSince = endpoint.failingSince === null ? undefined : new Date(endpoint.failingSince);
  let stored = failingSince;
  let waiting: Ended[] = [];
  let writing: Promise<void> = Promise.resolve();
  /** The write that will take what waits now. */
  let next: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    const ended = waiting;
    waiting = [];
    const since = failingSince;
    const result = await writeAttempts(context, endpoint, businessDate, ended, { since, before: stored });
    stored = since;
    for (const { attempt, decision } of ended) {
      if (result.recorded.has(attempt.notification.id)) count(counts, decision);
    }
    if (result.disabled) counts.disabled += 1;
  };

  return {
    record(notification, outcome, attemptedAt) {
      const now = context.clock();
      const attempts = notification.attempts + 1;
      const decision = afterAttempt({ notificationId: notification.ref, attempts, outcome, now, failingSince });
      failingSince = outcome.kind === "delivered" ? undefined : (failingSince ?? now);
      waiting.push({ decision, attempt: recordedAttempt(notification, outcome, decision, attemptedAt, now) });
      next ??= writing
        .then(() => pause(GATHER_MS))
        .then(() => {
          next = undefined;
          return write();
        });
      writing = next;
      return { decision, durable: next };
    },
  };
}

function recordedAttempt(
  notification: ClaimedNotification,
  outcome: DeliveryOutcome,
  decision: RetryDecision,
  attemptedAt: Date,
  now: Date,
): RecordedAttempt {
  return {
    notification,
    // What a disabled endpoint was not told waits until it is enabled again.
    state: decision.kind === "done" ? "DELIVERED" : decision.kind === "give-up" ? "FAILED" : "PENDING",
    nextAttemptAt: decision.kind === "retry" ? new Date(now.getTime() + decision.afterMs) : now,
    outcome: outcome.kind.toUpperCase(),
    httpStatus: outcome.status,
    error: "error" in outcome ? outcome.error : undefined,
    durationMs: outcome.durationMs,
    attemptedAt,
  };
}

async function writeAttempts(
  context: Context,
  endpoint: DueEndpoint,
  businessDate: string,
  ended: readonly Ended[],
  failing: { readonly since: Date | undefined; readonly before: Date | undefined },
): Promise<{ recorded: Set<bigint>; disabled: boolean }> {
  return context.store.write(async (tx) => {
    const recorded = await recordAttempts(
      tx,
      ended.map(({ attempt }) => attempt),
    );
    if (failing.since?.getTime() !== failing.before?.getTime()) {
      await setFailingSince(tx, endpoint.id, failing.since ?? null);
    }
    const last = ended.find(({ decision }) => decision.kind === "disable-endpoint")?.decision;
    if (last?.kind !== "disable-endpoint" || !(await disableEndpoint(tx, endpoint.id))) {
      return { recorded, disabled: false };
    }
    await openExceptions(
      tx,
      [disabledException(endpoint, last.reason, context.clock())],
      businessDate,
      context.clock(),
    );
    return { recorded, disabled: true };
  });
}

const WHY = {
  GONE: "it answered 410: it wants no notifications any more",
  FAILING_TOO_LONG: "every delivery failed for five days",
} as const;

function disabledException(endpoint: DueEndpoint, reason: keyof typeof WHY, now: Date) {
  return {
    // Enabled and disabled again is another matter.
    identity: `endpoint-disabled/${endpoint.id}/${now.toISOString()}`,
    marketplaceId: endpoint.marketplaceId,
    reason: "ENDPOINT_DISABLED",
    subjectKind: "endpoint",
    subjectRef: endpoint.ref,
    says: `nothing is sent to endpoint ${endpoint.ref} of ${endpoint.marketplace} any more, because ${WHY[reason]}`,
    owner: "operations",
  } as const;
}

function count(counts: AttemptCounts, decision: RetryDecision): void {
  counts.attempts += 1;
  if (decision.kind === "done") counts.delivered += 1;
  else if (decision.kind === "retry") counts.retries += 1;
  else if (decision.kind === "give-up") counts.givenUp += 1;
}
