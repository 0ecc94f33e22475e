/** The answer to one HTTP request within a deadline: its status and headers, never its body. */
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** How much of an answer's body is drained so that its connection can be used again; beyond that it is cut. */
const BODY_LIMIT_BYTES = 64 * 1024;

export class DeadlinePassed extends Error {
  override readonly name = "DeadlinePassed";
}

/**
 * Sends the request and resolves to its answer, once the body is drained, cut or late: the status alone is the answer.
 * Rejects with DeadlinePassed when no status came in time, and with the connection's error when it failed.
 * Nothing is sent after it has settled. (Dispatches by handler: streams and abort signals take half of the throughput.)
 */
export function answerOf(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let answer: Answer | undefined;
    let controller: Dispatcher.DispatchController | undefined;
    let stopped: Error | undefined;
    let drained = 0;
    const settle = (error?: Error) => {
      clearTimeout(timer);
      stopped ??= error;
      if (answer !== undefined) resolve(answer);
      else reject(error);
    };
    const stop = (error: Error) => {
      settle(error);
      controller?.abort(error);
    };
    const timer = setTimeout(() => stop(new DeadlinePassed(`no answer within ${timeoutMs} ms`)), timeoutMs);
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started;
        // It waited for a free connection past its deadline: it must not be sent any more.
        if (stopped !== undefined) started.abort(stopped);
      },
      onResponseStart(_controller, status, headers) {
        // Status 1xx announces the answer, it is none.
        if (status >= 200) answer = { status, headers };
      },
      onResponseData(_controller, chunk) {
        drained += chunk.length;
        if (drained > BODY_LIMIT_BYTES) stop(new Error("the answer's body is too long"));
      },
      onResponseEnd: () => settle(),
      onResponseError: (_controller, error) => settle(error),
    });
  });
}
