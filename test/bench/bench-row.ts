/** What a benchmark reports. */

export interface BenchRow {
  /** What was done, e.g. `sftp 100 MB`. */
  readonly case: string;
  /** The other program, measured in the same run on the same machine. */
  readonly against: string;
  /** Our throughput over the other's. */
  readonly ratio: number;
  /** Peak resident memory of our process in MB. */
  readonly rssMb: number;
  /** The times behind the ratio. */
  readonly detail: string;
}

/** A module of this folder that can be run by name. */
export interface Bench {
  run(): Promise<readonly BenchRow[]>;
}

/** The middle of an odd number of measurements. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
