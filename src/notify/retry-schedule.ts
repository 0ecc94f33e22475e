/** When a notification is tried again, and when its endpoint is given up (Standard Webhooks 1.0.0, retries). */
import { createHash } from "node:crypto";
import type { DeliveryOutcome } from "./delivery-outcome.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The pause before each attempt: ten attempts over 75 hours and 35 minutes. */
export const PAUSES_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** An endpoint that has only failed for this long is disabled. */
export const FAILING_LIMIT_MS = 5 * DAY;

const LONGEST_PAUSE_MS = 24 * HOUR;
const THROTTLED_PAUSE_MS = MINUTE;
/** Pauses grow by up to a tenth, so that what failed together does not come back together. */
const JITTER = 0.1;

export type RetryDecision =
  | { readonly kind: "done" }
  | { readonly kind: "retry"; readonly afterMs: number }
  /** This notification is over; it can be sent again by hand. */
  | { readonly kind: "give-up" }
  /** Nothing more is sent to the endpoint until a person enables it again. */
  | { readonly kind: "disable-endpoint"; readonly reason: "GONE" | "FAILING_TOO_LONG" };

export interface AttemptMade {
  readonly notificationId: string;
  /** Attempts made so far, this one included: 1 after the first. */
  readonly attempts: number;
  readonly outcome: DeliveryOutcome;
  readonly now: Date;
  /** When the endpoint first failed after its last success, of all notifications; undefined when this is the first. */
  readonly failingSince: Date | undefined;
}

/** What to do after an attempt. Deterministic: the jitter comes from the notification's id. */
export function afterAttempt({ notificationId, attempts, outcome, now, failingSince }: AttemptMade): RetryDecision {
  if (outcome.kind === "delivered") return { kind: "done" };
  if (outcome.kind === "gone") return { kind: "disable-endpoint", reason: "GONE" };
  if (failingSince !== undefined && now.getTime() - failingSince.getTime() >= FAILING_LIMIT_MS) {
    return { kind: "disable-endpoint", reason: "FAILING_TOO_LONG" };
  }
  const pause = PAUSES_MS[attempts];
  if (pause === undefined) return { kind: "give-up" };
  const asked = outcome.retryAfterMs ?? (outcome.kind === "throttled" ? THROTTLED_PAUSE_MS : 0);
  const planned = pause * (1 + JITTER * fractionOf(notificationId, attempts));
  return { kind: "retry", afterMs: Math.round(Math.max(planned, Math.min(asked, LONGEST_PAUSE_MS))) };
}

/** A number from 0 up to 1 that depends on the notification and the attempt only. */
function fractionOf(notificationId: string, attempts: number): number {
  return createHash("sha256").update(`${attempts}:${notificationId}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** Milliseconds that a Retry-After header asks to wait: seconds or an HTTP date (RFC 9110 10.2.3); else undefined. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND;
  // Only the form that HTTP prescribes: Date.parse alone would read `-5` as a year.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header)) return undefined;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
