/** One attempt to deliver one notification: a signed POST whose answer's body is never kept. */
import { performance } from "node:perf_hooks";
import { RemitError } from "../domain/errors.ts";
import { answerOf, DeadlinePassed } from "./answer.ts";
import type { DeliveryAgent } from "./delivery-agent.ts";
import type { DeliveryAnswer, DeliveryFault, DeliveryOutcome } from "./delivery-outcome.ts";
import { retryAfterMs } from "./retry-schedule.ts";
import { signMessage } from "./signatures.ts";

export interface DeliveryRequest {
  readonly url: string;
  /** The `webhook-id`: the same over all attempts. */
  readonly id: string;
  /** Seconds since 1970 of this attempt. */
  readonly timestamp: number;
  readonly body: string;
  readonly secrets: readonly string[];
  /** Further headers that the endpoint asked for; ours win over them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the whole attempt: resolving, connecting, sending, waiting. */
  readonly timeoutMs: number;
}

const OVERLOADED: readonly number[] = [429, 502, 504];

/**
 * Sends the notification once. Never throws for what a remote does: every way it can go is a DeliveryOutcome.
 * Redirects are failures (Standard Webhooks; a redirect would also walk around the address check).
 * Throws INPUT_INVALID for an id or a secret that cannot be signed with.
 */
export async function deliver(request: DeliveryRequest, agent: DeliveryAgent): Promise<DeliveryOutcome> {
  const started = performance.now();
  const durationMs = () => Math.round(performance.now() - started);
  const target = agent.targetOf(request.url);
  if (target === undefined) return { kind: "failed", error: "ADDRESS_FORBIDDEN", durationMs: durationMs() };
  const headers = headersOf(request);
  try {
    const options = { ...target, method: "POST", body: request.body, headers } as const;
    const answer = await answerOf(agent.dispatcher, options, request.timeoutMs);
    return outcomeOf({ status: answer.status, durationMs: durationMs(), ...waitAsked(answer.headers["retry-after"]) });
  } catch (error) {
    return { kind: "failed", error: faultOf(error), durationMs: durationMs() };
  }
}

function headersOf(request: DeliveryRequest): Record<string, string> {
  return {
    ...furtherHeaders(request.headers ?? {}),
    "content-type": "application/json",
    "user-agent": "remit",
    "webhook-id": request.id,
    "webhook-timestamp": String(request.timestamp),
    "webhook-signature": signMessage(request),
  };
}

/** Headers that speak about the connection or the frame of the message are never the endpoint's to choose. */
const RESERVED = /^(host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|proxy-.*)$/;

/** Header names have no case: in one case ours replace the endpoint's instead of standing beside them. */
function furtherHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lowerCased = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(lowerCased.filter(([name]) => !RESERVED.test(name)));
}

function waitAsked(header: string | undefined): { retryAfterMs?: number } {
  const ms = retryAfterMs(header, new Date());
  return ms === undefined ? {} : { retryAfterMs: ms };
}

function outcomeOf(answer: DeliveryAnswer): DeliveryOutcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: "delivered", ...answer };
  if (status === 410) return { kind: "gone", ...answer };
  if (OVERLOADED.includes(status)) return { kind: "throttled", error: "STATUS", ...answer };
  return { kind: "failed", error: status >= 300 && status < 400 ? "REDIRECTED" : "STATUS", ...answer };
}

const FAULTS: Readonly<Record<string, DeliveryFault>> = {
  ENOTFOUND: "NAME_NOT_FOUND",
  EAI_AGAIN: "NAME_NOT_FOUND",
  ECONNREFUSED: "CONNECTION_REFUSED",
  EHOSTUNREACH: "CONNECTION_REFUSED",
  ENETUNREACH: "CONNECTION_REFUSED",
  UND_ERR_CONNECT_TIMEOUT: "TIMEOUT",
  UND_ERR_INVALID_ARG: "REQUEST_INVALID",
  ETIMEDOUT: "TIMEOUT",
};

function faultOf(error: unknown): DeliveryFault {
  if (error instanceof DeadlinePassed) return "TIMEOUT";
  if (error instanceof RemitError) return "ADDRESS_FORBIDDEN";
  // With several addresses Node answers with an AggregateError whose code is the first address's.
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_)/.test(code)) return "TLS_FAILED";
  return FAULTS[code] ?? "CONNECTION_LOST";
}
