/** Named moments around every step of an exchange, where crash tests stop or kill the process. */

/** Every step of an exchange, and what it does. */
export const EXCHANGE_STEPS = {
  connect: "opening the connection to the bank",
  "check-final": "looking whether the final name is free",
  open: "creating the file at the bank",
  "first-write": "its first bytes",
  "mid-write": "its bytes up to the middle",
  "last-write": "its last bytes",
  fsync: "asking the bank's server to put it on its disk",
  close: "closing it",
  stat: "comparing its size",
  "read-back": "reading it back and comparing its hash",
  rename: "giving it its final name",
  marker: "the empty file that says it is complete",
  inspect: "looking at what is there after a doubt",
  download: "fetching one of the bank's files",
  remove: "removing our own temporary file",
  "archive-write": "writing to the archive under a temporary name",
  "archive-rename": "giving it its name in the archive",
} as const satisfies Readonly<Record<string, string>>;

export type ExchangeStep = keyof typeof EXCHANGE_STEPS;
export type ExchangePoint = `${ExchangeStep}.${"before" | "after"}`;

/** Called at each point; production passes none. What it throws is passed on as it is. */
export type At = (point: ExchangePoint) => Promise<void>;

export const nowhere: At = () => Promise.resolve();

/** Every point there is, for tests that go through all of them. */
export const EXCHANGE_POINTS: readonly ExchangePoint[] = (Object.keys(EXCHANGE_STEPS) as ExchangeStep[]).flatMap(
  (step) => [`${step}.before` as const, `${step}.after` as const],
);

/** Runs one step between its two points. */
export async function step<T>(at: At, name: ExchangeStep, run: () => Promise<T>): Promise<T> {
  await at(`${name}.before`);
  const result = await run();
  await at(`${name}.after`);
  return result;
}
