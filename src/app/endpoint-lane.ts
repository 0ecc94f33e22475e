/** Empties the outbox of one endpoint: a few deliveries at a time, until nothing is due or the endpoint needs a rest. */
import { RemitError } from "../domain/errors.ts";
import { deliver } from "../notify/deliver.ts";
import type { DeliveryAgent } from "../notify/delivery-agent.ts";
import type { DeliveryOutcome } from "../notify/delivery-outcome.ts";
import { notificationBody } from "../notify/notification-body.ts";
import {
  type ClaimedNotification,
  claimNotifications,
  type DueEndpoint,
  releaseNotifications,
} from "../store/notifications.ts";
import type { AttemptRecorder, RecordedDecision } from "./attempt-recorder.ts";
import type { Context } from "./context.ts";

export interface LaneLimits {
  /** For one attempt (Standard Webhooks recommends 15 to 30 s). */
  readonly timeoutMs: number;
  /** Deliveries to one endpoint at a time. */
  readonly atOnce: number;
  /** Failures in a row after which the endpoint is left in peace until the next run. */
  readonly failuresInARow: number;
}

export const LANE_LIMITS: LaneLimits = { timeoutMs: 15_000, atOnce: 8, failuresInARow: 8 };

const CLAIMED_AT_ONCE = 128;
/** Longer than all that is claimed can take; after a crash others may send it when this is over. */
const HELD_FOR_MS = 5 * 60_000;

interface Lane {
  readonly context: Context;
  readonly endpoint: DueEndpoint;
  readonly secrets: readonly string[];
  readonly agent: DeliveryAgent;
  readonly recorder: AttemptRecorder;
  readonly limits: LaneLimits;
  failures: number;
  resting: boolean;
}

/** Ends when nothing is due for the endpoint now; `resting` when something is, but the endpoint fails or asks for less. */
export async function runLane(
  context: Context,
  endpoint: DueEndpoint,
  agent: DeliveryAgent,
  recorder: AttemptRecorder,
  limits: LaneLimits = LANE_LIMITS,
): Promise<"empty" | "resting"> {
  const secrets = secretsOf(endpoint);
  const lane: Lane = { context, endpoint, secrets, agent, recorder, limits, failures: 0, resting: false };
  while (!lane.resting) {
    const now = context.clock();
    const until = new Date(now.getTime() + HELD_FOR_MS);
    const claimed = await context.store.write((tx) => claimNotifications(tx, endpoint.id, now, until, CLAIMED_AT_ONCE));
    if (claimed.length === 0) return "empty";
    await sendAll(lane, claimed);
  }
  return "resting";
}

async function sendAll(lane: Lane, claimed: readonly ClaimedNotification[]): Promise<void> {
  const queue = [...claimed];
  const written: Promise<void>[] = [];
  const sendNext = async (): Promise<void> => {
    while (!lane.resting) {
      const next = queue.shift();
      if (next === undefined) return;
      const { durable } = await sendOne(lane, next);
      // The next one need not wait for the disk; whether all was written is asked below.
      durable.catch(() => undefined);
      written.push(durable);
    }
  };
  await Promise.all(Array.from({ length: lane.limits.atOnce }, sendNext));
  await Promise.all(written);
  if (queue.length > 0) await lane.context.store.write((tx) => releaseNotifications(tx, queue));
}

async function sendOne(lane: Lane, notification: ClaimedNotification): Promise<RecordedDecision> {
  const attemptedAt = lane.context.clock();
  const outcome = await attempt(lane, notification, attemptedAt);
  await lane.context.at("notification.sent");
  const recorded = lane.recorder.record(notification, outcome, attemptedAt);
  lane.failures = outcome.kind === "delivered" ? 0 : lane.failures + 1;
  const isTooMuch = outcome.kind === "throttled" || recorded.decision.kind === "disable-endpoint";
  if (isTooMuch || lane.failures >= lane.limits.failuresInARow) lane.resting = true;
  return recorded;
}

async function attempt(lane: Lane, { ref, change }: ClaimedNotification, at: Date): Promise<DeliveryOutcome> {
  const { endpoint, agent, secrets, limits } = lane;
  try {
    const request = {
      url: endpoint.url,
      id: ref,
      timestamp: Math.floor(at.getTime() / 1000),
      body: notificationBody(ref, endpoint.marketplace, change),
      secrets,
      timeoutMs: limits.timeoutMs,
    };
    return await deliver(request, agent);
  } catch (error) {
    // Secrets that cannot sign: the endpoint's own fault, which must not keep the other endpoints from being told.
    if (!(error instanceof RemitError)) throw error;
    lane.context.log.warn(
      { endpoint: endpoint.ref, marketplace: endpoint.marketplace, code: error.code },
      "not signed",
    );
    return { kind: "failed", error: "REQUEST_INVALID", durationMs: 0 };
  }
}

/** No secret at all when they cannot be read: then nothing is signed, and the attempt fails. */
function secretsOf({ secrets }: DueEndpoint): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(secrets);
    return Array.isArray(parsed) ? parsed.filter((secret) => typeof secret === "string") : [];
  } catch {
    return [];
  }
}
