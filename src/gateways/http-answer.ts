/** What the answers of the HTTP gateway look like, and what each of them means. */
import { z } from "zod";
import { maskCardNumbers } from "../domain/card-number.ts";
import { RemitError } from "../domain/errors.ts";
import type { Authorised, Found, GatewayResult, Operated, Refused, Unknown } from "./gateway.ts";
import type { CallResult } from "./json-call.ts";

/** Integers as text: JSON numbers would lose digits without a word. */
const minor = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform((text) => BigInt(text));
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const refusal = z.object({ code: z.string().max(100), message: z.string().optional() });

const authorised = z.object({
  status: z.literal("AUTHORISED"),
  authorisationId: z.string().min(1),
  reference: z.string(),
  amount: minor,
  currency: z.string(),
  honourUntil: instant,
  expiresAt: instant,
});

const operated = z.object({
  status: z.literal("SUCCEEDED"),
  operationId: z.string().min(1),
  authorisationId: z.string(),
  reference: z.string(),
  amount: minor,
  currency: z.string(),
  at: instant,
});

const refused = z.object({ status: z.literal("REFUSED"), reference: z.string(), code: z.string().max(100) });

interface Asked {
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: string;
}

export function authorisationResult(call: CallResult, asked: Asked): GatewayResult<Authorised> {
  return resultOf(call, asked, (body) => authorised.transform(withoutStatus).safeParse(body).data);
}

export function operationResult(
  call: CallResult,
  asked: Asked & { readonly authorisationId: string },
): GatewayResult<Operated> {
  const result = resultOf(call, asked, (body) => operated.transform(withoutStatus).safeParse(body).data);
  const differs = result.kind === "done" && result.value.authorisationId !== asked.authorisationId;
  return differs ? { kind: "unknown", why: "ANSWER_DIFFERS" } : result;
}

function withoutStatus<Answer extends { readonly status: string }>({ status: _status, ...value }: Answer) {
  return value;
}

function resultOf<Value extends Asked>(
  call: CallResult,
  asked: Asked,
  read: (body: unknown) => Value | undefined,
): GatewayResult<Value> {
  const answer = answeredOrUnknown(call);
  if (answer.kind === "unknown") return answer;
  if (answer.status >= 400 && answer.status !== 422) return refusedOf(answer.body, `HTTP_${answer.status}`);
  const no = refused.safeParse(answer.body).data;
  if (no !== undefined) return no.reference === asked.reference ? refusedOf(answer.body, no.code) : DIFFERS;
  const value = answer.status < 300 ? read(answer.body) : undefined;
  if (value === undefined) return { kind: "unknown", why: "ANSWER_UNREADABLE" };
  const same =
    value.reference === asked.reference && value.amount === asked.amount && value.currency === asked.currency;
  return same ? { kind: "done", value, repeated: answer.replay } : DIFFERS;
}

const DIFFERS: Unknown = { kind: "unknown", why: "ANSWER_DIFFERS" };

export function foundResult(call: CallResult, reference: string): Found {
  const answer = answeredOrUnknown(call);
  if (answer.kind === "unknown") return answer;
  if (answer.status === 404) return { kind: "absent" };
  if (answer.status !== 200) return { kind: "unknown", why: "ANSWER_UNREADABLE" };
  const found = foundIn(answer.body);
  if (found === undefined) return { kind: "unknown", why: "ANSWER_UNREADABLE" };
  return found.reference === reference ? found.found : DIFFERS;
}

function foundIn(body: unknown): { readonly reference: string; readonly found: Found } | undefined {
  const yes = authorised.transform(withoutStatus).safeParse(body).data;
  if (yes !== undefined) return { reference: yes.reference, found: { kind: "authorised", value: yes } };
  const done = operated.transform(withoutStatus).safeParse(body).data;
  if (done !== undefined) return { reference: done.reference, found: { kind: "operated", value: done } };
  const no = refused.safeParse(body).data;
  return no === undefined ? undefined : { reference: no.reference, found: refusedOf(body, no.code) };
}

type Answered = Extract<CallResult, { kind: "answered" }>;

/** An answer that decides something; or that nothing is known. Throws when the request certainly did nothing. */
function answeredOrUnknown(call: CallResult): Answered | Unknown {
  if (call.kind === "not-sent") throw new RemitError("GATEWAY_UNREACHABLE", { cause: call.cause });
  if (call.kind === "lost") return { kind: "unknown", why: call.late ? "NO_ANSWER_IN_TIME" : "CONNECTION_LOST" };
  const found = `status ${call.status}`;
  if (call.status === 401 || call.status === 403) {
    throw new RemitError("GATEWAY_REFUSED", { found, expected: "a key that the gateway accepts" });
  }
  if (call.status === 429) throw new RemitError("GATEWAY_UNREACHABLE", { found, expected: "to be let through" });
  if (call.status === 409) {
    throw new RemitError("DUPLICATE_DIFFERS", {
      found,
      expected: "the content that the reference was first used with",
    });
  }
  return call.status >= 500 ? { kind: "unknown", why: "SERVER_ERROR" } : call;
}

/** The gateway's words reach screens and logs: short, and without a card number whatever the gateway echoes. */
function refusedOf(body: unknown, code: string): Refused {
  const said = refusal.safeParse(body).data;
  const message = said?.message ?? "the gateway refused the operation";
  return { kind: "refused", code: said?.code ?? code, message: maskCardNumbers(message).slice(0, 200) };
}
