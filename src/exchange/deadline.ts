/** One deadline over everything that a channel does. */
import { RemitError } from "../domain/errors.ts";

/** For one transfer unless its settings say otherwise; whoever holds a file meanwhile says regularly that he is alive. */
export const DEFAULT_DEADLINE_MS = 600_000;

/** Ends all that waits on it at once, with one error, and refuses whatever is asked afterwards. */
export interface Lifeline {
  /** What `work` gives, or the error of the lifeline when that comes first. */
  guard<T>(work: () => Promise<T>): Promise<T>;
  /** The first error counts; all waiting calls fail with it. */
  fail(error: RemitError): void;
  /** Stops the clock; later calls are refused, and nothing is torn down. */
  end(): void;
}

/**
 * @param deadlineMs from now to the end of the last operation
 * @param onFail called once with the error, to tear the connection down
 */
export function startLifeline(where: string, deadlineMs: number, onFail: (error: RemitError) => void): Lifeline {
  const waiting = new Set<(error: RemitError) => void>();
  let failure: RemitError | undefined;
  const finish = (error: RemitError) => {
    failure = error;
    clearTimeout(timer);
    for (const reject of waiting) reject(error);
    waiting.clear();
  };
  const fail = (error: RemitError) => {
    if (failure !== undefined) return;
    finish(error);
    onFail(error);
  };
  const timer = setTimeout(() => {
    fail(new RemitError("BANK_TIMEOUT", { where, found: `no end after ${deadlineMs} ms` }));
  }, deadlineMs);
  return {
    guard: (work) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting.add(reject);
        work()
          .then(resolve, (cause: unknown) => reject(failure ?? cause))
          .finally(() => waiting.delete(reject));
      }),
    fail,
    end: () => {
      if (failure === undefined) finish(new RemitError("BANK_CONNECTION_LOST", { where, found: "closed by us" }));
    },
  };
}
