/** The fence of operations on their way to the gateway: one worker at a time asks for each, and a late one notices before it asks again. */
import { claimOperations, extendOperations, type HeldOperation, releaseOperations } from "../store/operations.ts";
import type { Context } from "./context.ts";

/** Shorter than the lease of a slot: when a dead worker's slot is handed over, what it held here is free already. */
const LEASE_MS = 5_000;

export interface OperationsLease {
  /** The fences of those that were claimed, by id; what is missing is held by another worker. */
  readonly fences: ReadonlyMap<bigint, bigint>;
  /** Before each call to the gateway. FENCE_LOST when another worker has taken over meanwhile. */
  mustHold(): Promise<void>;
  /** Says no more that the holder is alive: all that is left is to write what was answered. */
  stop(): void;
  /** Gives back what was not ended. Never throws: the lease runs out by itself. */
  giveBack(): Promise<void>;
}

/**
 * Who is alive is judged by the machine's time, as for slots: a rehearsal's clock may stand still. A lease that ran out is
 * still its holder's unless somebody else took it.
 */
export async function holdOperations(
  { store, log }: Pick<Context, "store" | "log">,
  operations: readonly HeldOperation[],
  leaseMs: number = LEASE_MS,
): Promise<OperationsLease> {
  let until = new Date(Date.now() + leaseMs);
  const held = await store.write((tx) => claimOperations(tx, operations, new Date(), until));
  const extend = async () => {
    if (held.length === 0) return;
    const next = new Date(Date.now() + leaseMs);
    await store.write((tx) => extendOperations(tx, held, next));
    until = next;
  };
  const heart = setInterval(() => {
    extend().catch((error: unknown) => log.warn({ error: String(error) }, "could not say that operations are held"));
  }, leaseMs / 3);
  return {
    fences: new Map(held.map(({ id, fence }) => [id, fence])),
    mustHold: async () => {
      if (Date.now() >= until.getTime()) await extend();
    },
    stop: () => clearInterval(heart),
    giveBack: async () => {
      clearInterval(heart);
      if (held.length === 0) return;
      await store
        .write((tx) => releaseOperations(tx, held))
        .catch((error: unknown) => log.warn({ error: String(error) }, "operations stay held until their lease ends"));
    },
  };
}
