/** Named moments around every step of an exchange, where crash tests stop or kill the process. */

export const EXCHANGE_STEPS = [
  "connect",
  "check-final",
  "open",
  "first-write",
  "mid-write",
  "last-write",
  "fsync",
  "close",
  "stat",
  "read-back",
  "rename",
  "inspect",
  "list",
  "download",
  "remove",
  "archive-write",
  "archive-rename",
] as const;

export type ExchangeStep = (typeof EXCHANGE_STEPS)[number];
export type ExchangePoint = `${ExchangeStep}.${"before" | "after"}`;

/** Called at each point; production passes none. What it throws is passed on as it is. */
export type At = (point: ExchangePoint) => Promise<void>;

export const nowhere: At = () => Promise.resolve();

/** Every point there is, for tests that go through all of them. */
export const EXCHANGE_POINTS: readonly ExchangePoint[] = EXCHANGE_STEPS.flatMap((step) => [
  `${step}.before` as const,
  `${step}.after` as const,
]);

/** Runs one step between its two points. */
export async function step<T>(at: At, name: ExchangeStep, run: () => Promise<T>): Promise<T> {
  await at(`${name}.before`);
  const result = await run();
  await at(`${name}.after`);
  return result;
}
