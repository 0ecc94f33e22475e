/** One JSON call over HTTP that can tell a request that never left from one that was lost on its way. */
import type { Dispatcher } from "undici";

export type CallResult =
  | { readonly kind: "answered"; readonly status: number; readonly body: unknown; readonly replay: boolean }
  /** No byte of the request was written. */
  | { readonly kind: "not-sent"; readonly cause: Error }
  /** It was written, wholly or in part, and no whole answer came back. */
  | { readonly kind: "lost"; readonly late: boolean };

export interface Call {
  readonly origin: string;
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole call, waiting for a connection included. */
  readonly timeoutMs: number;
}

const BODY_LIMIT_BYTES = 1024 * 1024;

/** Never rejects. A body that is no JSON is undefined; one that is longer than a megabyte counts as lost. */
export function jsonCall(dispatcher: Dispatcher, { timeoutMs, ...options }: Call): Promise<CallResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let replay = false;
    let settled = false;
    let controller: Dispatcher.DispatchController | undefined;
    const settle = (result: CallResult) => {
      settled = true;
      clearTimeout(timer);
      resolve(result);
    };
    const fail = (cause: Error, late: boolean) => {
      if (settled) return;
      settle(controller === undefined ? { kind: "not-sent", cause } : { kind: "lost", late });
      controller?.abort(cause);
    };
    const timer = setTimeout(() => fail(new Error(`no connection within ${timeoutMs} ms`), true), timeoutMs);
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        // Its caller was told that it never left: now it must not.
        if (settled) started.abort(new Error("the deadline has passed"));
        else controller = started;
      },
      onResponseStart(_controller, code, headers) {
        status = code;
        replay = headers["idempotent-replay"] === "true";
      },
      onResponseData(_controller, chunk) {
        size += chunk.length;
        if (size > BODY_LIMIT_BYTES) fail(new Error("the answer is too long"), false);
        else chunks.push(chunk);
      },
      onResponseEnd: () => settle({ kind: "answered", status, replay, body: parse(Buffer.concat(chunks)) }),
      onResponseError: (_controller, error) => fail(error, false),
    });
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
