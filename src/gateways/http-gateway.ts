/** A gateway that speaks JSON over HTTP: the sandbox's, and the shape a thin proxy before a real one would have. */
import { Agent } from "undici";
import { RemitError } from "../domain/errors.ts";
import type { AuthorisationRequest, CaptureRequest, Gateway, OperationRequest, RefundRequest } from "./gateway.ts";
import { authorisationResult, foundResult, operationResult } from "./http-answer.ts";
import { type CallResult, jsonCall } from "./json-call.ts";

export interface HttpGatewayOptions {
  /** `https://...`, or http on loopback; may have a path. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly key: string;
  /** For one whole call; 30 s unless given. */
  readonly timeoutMs?: number;
  /** Connections at a time; 8 unless given. */
  readonly connections?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Throws CONFIG_INVALID for a base URL that would carry the key in the clear. */
export function httpGateway(options: HttpGatewayOptions): Gateway {
  const base = baseOf(options.url);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const agent = new Agent({
    connections: options.connections ?? 8,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const headers = { authorization: `Bearer ${options.key}`, "content-type": "application/json" };
  const post = (path: string, body: object): Promise<CallResult> =>
    jsonCall(agent, {
      ...base.to(path),
      method: "POST",
      headers,
      body: JSON.stringify(body, amountsAsText),
      timeoutMs,
    });
  const operate = async (kind: string, { authorisationId, ...body }: OperationRequest | CaptureRequest) =>
    operationResult(await post(`/authorisations/${encodeURIComponent(authorisationId)}/${kind}`, body), {
      authorisationId,
      ...body,
    });
  return {
    authorise: async (request: AuthorisationRequest) =>
      authorisationResult(await post("/authorisations", request), request),
    capture: (request: CaptureRequest) => operate("captures", request),
    cancel: (request: OperationRequest) => operate("cancellations", request),
    refund: (request: RefundRequest) => operate("refunds", request),
    async find(reference: string) {
      const target = base.to(`/operations/${encodeURIComponent(reference)}`);
      const { authorization } = headers;
      return foundResult(
        await jsonCall(agent, { ...target, method: "GET", headers: { authorization }, timeoutMs }),
        reference,
      );
    },
    close: () => agent.destroy(),
  };
}

function amountsAsText(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function baseOf(text: string): { to(path: string): { readonly origin: string; readonly path: string } } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  const safe = url?.protocol === "https:" || (loopback && url.protocol === "http:");
  if (url === undefined || !safe || url.username !== "" || url.search !== "") {
    throw new RemitError("CONFIG_INVALID", {
      where: "the gateway's base URL",
      found: url === undefined ? "no URL" : `${url.protocol}//${url.host}`,
      expected: "https://, or http:// on loopback, without user and query",
    });
  }
  const prefix = url.pathname.replace(/\/$/, "");
  return { to: (path) => ({ origin: url.origin, path: prefix + path }) };
}
