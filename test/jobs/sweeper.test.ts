import { pino } from "pino";
import { afterEach, expect, it, vi } from "vitest";
import { sweeper } from "../../jobs/sweeper.ts";

const log = pino({ level: "silent" });
const now = () => new Date();
afterEach(() => vi.useRealTimers());

it("sweeps at once, then every so often, and no more once it is stopped", async () => {
  vi.useFakeTimers();
  const sweep = vi.fn(async () => undefined);
  const sweeps = sweeper({ everyMs: 30_000, now, log, sweep });
  sweeps.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(sweep).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(90_000);
  expect(sweep).toHaveBeenCalledTimes(4);
  await sweeps.stop();
  sweeps.soon();
  await sweeps.now();
  await vi.advanceTimersByTimeAsync(90_000);
  expect(sweep).toHaveBeenCalledTimes(4);
});

it("comes early when something is known to become due", async () => {
  vi.useFakeTimers();
  const sweep = vi.fn(async () => new Date(Date.now() + 1_000));
  const sweeps = sweeper({ everyMs: 30_000, now, log, sweep });
  sweeps.start();
  await vi.advanceTimersByTimeAsync(999);
  expect(sweep).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sweep).toHaveBeenCalledTimes(2);
  await sweeps.stop();
});

it("comes back soon after it failed, and does not fail whoever asked for it", async () => {
  vi.useFakeTimers();
  const sweep = vi.fn(() => Promise.reject(new Error("Redis is away")));
  const sweeps = sweeper({ everyMs: 30_000, now, log, sweep });
  await sweeps.now();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(sweep).toHaveBeenCalledTimes(2);
  await sweeps.stop();
});

it("is followed by another when it is asked for while one is under way, never by two", async () => {
  let release: () => void = () => undefined;
  const sweep = vi.fn(() => new Promise<undefined>((resolve) => (release = () => resolve(undefined))));
  const sweeps = sweeper({ everyMs: 30_000, now, log, sweep });
  const all = [sweeps.now(), sweeps.now(), sweeps.now()];
  await vi.waitFor(() => expect(sweep).toHaveBeenCalledTimes(1));
  release();
  await vi.waitFor(() => expect(sweep).toHaveBeenCalledTimes(2));
  release();
  await Promise.all(all);
  expect(sweep).toHaveBeenCalledTimes(2);
  await sweeps.stop();
});
