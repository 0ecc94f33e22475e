/** Turns whatever went wrong into the one form of refusal, without telling outsiders what is inside. */
import { type ERRORS, RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";

export interface HttpRefusal {
  readonly status: number;
  readonly body: { readonly ok: false; readonly findings: readonly Finding[] };
  /** Something that operations must look at: it is logged as an error. */
  readonly isOurs: boolean;
}

/** Faults of the HTTP frame itself, as fastify names them. */
const FRAME_CODES: Readonly<Record<number, keyof typeof ERRORS>> = {
  404: "NOT_FOUND",
  413: "FILE_TOO_LARGE",
  415: "MEDIA_TYPE_UNKNOWN",
};

export function refusalOf(error: unknown): HttpRefusal {
  if (error instanceof RemitError) return ofRemit(error);
  const status = statusOf(error);
  if (status !== undefined && status >= 400 && status < 500) {
    return ofRemit(new RemitError(FRAME_CODES[status] ?? "INPUT_INVALID", { where: "request" }));
  }
  const finding = { code: "UNEXPECTED", where: "server", found: "an error nobody foresaw", expected: "no such error" };
  return { status: 500, body: { ok: false, findings: [finding] }, isOurs: true };
}

/** From 500 on the details are ours: hosts, paths and settings are named in them. */
function ofRemit(error: RemitError): HttpRefusal {
  const { http, says } = error.traits;
  const isOurs = http >= 500;
  const findings = isOurs ? [{ code: error.code, where: "server", found: says, expected: "" }] : error.findings;
  return { status: http, body: { ok: false, findings }, isOurs };
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" ? error.statusCode : undefined;
}
