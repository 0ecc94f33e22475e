/** Every moment at which a rehearsal may end the process, where it is, and how the process is ended there. */
import { RemitError } from "../domain/errors.ts";
import { EXCHANGE_POINTS, EXCHANGE_STEPS, type ExchangePoint, type ExchangeStep } from "../exchange/fail-point.ts";

/** Moments of the use cases; those around the steps of an exchange stand in `exchange/fail-point.ts`. */
const MOMENTS = {
  "operations.claimed": "captures and refunds are ours, the gateway is not asked yet",
  "operations.asked": "the gateway has answered, nothing of it is stored yet",
  "notification.sent": "an endpoint has answered, nothing of it is stored yet",
  "claim.commit.before": "hand-off: before this worker takes the file",
  "claim.commit.after": "hand-off: this worker holds the file",
  "seal.commit.before": "hand-off: sealed for the bank, the sealed bytes are not kept yet",
  "seal.commit.after": "hand-off: the sealed bytes are kept and never made again",
  "upload.commit.before": "hand-off: before UPLOADING is committed",
  "upload.commit.after": "hand-off: UPLOADING is committed, nothing is written yet",
  "verify.commit.before": "hand-off: the file stands whole under its temporary name",
  "verify.commit.after": "hand-off: UPLOADED is committed",
  "rename.commit.before": "hand-off: before RENAMING is committed",
  "rename.commit.after": "hand-off: RENAMING is committed, no rename was sent",
  "publish.commit.before": "hand-off without rename: the final name is free",
  "publish.commit.after": "hand-off without rename: RENAMING is committed, nothing is created yet",
  "unopened.commit.before": "hand-off without rename: the bank's server has refused to create the file",
  "unopened.commit.after": "hand-off without rename: back in UPLOADING",
  "sent.commit.before": "hand-off: the bank has the file, nothing of it is stored yet",
  "sent.commit.after": "hand-off: SENT is committed",
  "inbound.recorded": "inbound: the file is in archive and store, not put away at the bank",
  "inbound.apply.before": "inbound: before a file is applied",
  "inbound.apply.after": "inbound: a file is applied",
} as const satisfies Readonly<Record<string, string>>;

export type FailPoint = ExchangePoint | keyof typeof MOMENTS;

/** The one list: name -> where. What is not in it is no fail point, and does not compile. */
export const FAIL_POINTS: Readonly<Record<FailPoint, string>> = {
  ...(Object.fromEntries(
    EXCHANGE_POINTS.map((point) => {
      const [step = "", side = ""] = point.split(".");
      return [point, `${side} ${EXCHANGE_STEPS[step as ExchangeStep]}`];
    }),
  ) as Record<ExchangePoint, string>),
  ...MOMENTS,
};

/**
 * Ends this process by SIGKILL, as a power cut would, when a point is reached.
 * @param order `point` or `point:n`, which waits for the n-th time. CONFIG_INVALID when there is no such point
 */
export function killAt(order: string): (point: FailPoint) => Promise<void> {
  const [, point = "", nth = "1"] = /^([a-z.-]+)(?::([1-9]\d{0,3}))?$/.exec(order) ?? [];
  if (!Object.hasOwn(FAIL_POINTS, point)) {
    throw new RemitError("CONFIG_INVALID", {
      where: "failAt",
      found: order,
      expected: `POINT or POINT:N with one of ${Object.keys(FAIL_POINTS).join(", ")}`,
    });
  }
  let left = Number(nth);
  return async (reached) => {
    if (reached !== point) return;
    left -= 1;
    if (left > 0) return;
    process.kill(process.pid, "SIGKILL");
    // The signal may take a moment; nothing more may happen here.
    await new Promise(() => undefined);
  };
}
