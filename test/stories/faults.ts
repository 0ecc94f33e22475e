/** The faults of a chaos story: which, in what order and after how many milliseconds, all from one seed. */

export type Fault =
  | { readonly kind: "kill"; readonly workers: number }
  /** Stopped for longer than their lock, then continued. */
  | { readonly kind: "freeze"; readonly workers: number }
  | { readonly kind: "flush" }
  | { readonly kind: "redis-away"; readonly forMs: number }
  | { readonly kind: "database-away"; readonly forMs: number };

export interface PlannedFault {
  readonly fault: Fault;
  /** After the moment's work has begun. */
  readonly afterMs: number;
  /** Which of the workers is hit first. */
  readonly victim: number;
}

/** Every fault once, shuffled. */
export function planFaults(seed: number, faults: readonly Fault[], workers: number): readonly PlannedFault[] {
  const random = randomNumbers(seed);
  return faults
    .map((fault) => ({ fault, place: random(), afterMs: random() % 200, victim: random() % workers }))
    .sort((a, b) => a.place - b.place)
    .map(({ fault, afterMs, victim }) => ({ fault, afterMs, victim }));
}

/** Whole numbers that are the same for the same seed (xorshift). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
