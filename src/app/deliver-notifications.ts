/** Sends the outbox: every endpoint in a lane of its own, so that a dead one delays nobody else. */
import { setTimeout as pause } from "node:timers/promises";
import { type AddressPolicy, PUBLIC_ONLY } from "../notify/allowed-address.ts";
import { createDeliveryAgent } from "../notify/delivery-agent.ts";
import { type DueEndpoint, endpointsDue } from "../store/notifications.ts";
import { type AttemptCounts, attemptRecorder } from "./attempt-recorder.ts";
import type { Context, Job } from "./context.ts";
import { runLane } from "./endpoint-lane.ts";

/** Endpoints served at the same time. */
const MOST_LANES = 50;
/** While some lanes are slow, the others look this often for new work. */
const LOOK_EVERY_MS = 200;

/**
 * Runs until nothing is due that may be sent now. At least once: what was sent but not recorded before a crash is sent
 * again under the same `webhook-id`. An endpoint that fails all the time rests until the next run.
 */
export const deliverNotifications: Job = async (context, businessDate) => {
  const agent = createDeliveryAgent(addressPolicy(context));
  const lanes = new Map<bigint, Promise<void>>();
  const rested = new Set<bigint>();
  const counts: AttemptCounts = { attempts: 0, delivered: 0, retries: 0, givenUp: 0, disabled: 0 };
  const start = (endpoint: DueEndpoint): void => {
    const recorder = attemptRecorder(context, endpoint, businessDate, counts);
    const lane = runLane(context, endpoint, agent, recorder).then((end) => {
      if (end === "resting") rested.add(endpoint.id);
      lanes.delete(endpoint.id);
    });
    lanes.set(endpoint.id, lane);
  };
  try {
    for (;;) {
      const due = await endpointsDue(context.store.db, context.clock());
      const free = due.filter(({ id }) => !rested.has(id) && !lanes.has(id));
      for (const endpoint of free.slice(0, MOST_LANES - lanes.size)) start(endpoint);
      if (lanes.size === 0) break;
      await oneOf(lanes.values());
    }
  } finally {
    await agent.close();
    await Promise.allSettled(lanes.values());
  }
  return { counts: { ...counts }, findings: [] };
};

function addressPolicy({ config }: Context): AddressPolicy {
  return { ...PUBLIC_ONLY, loopback: config.allowLoopbackEndpoints };
}

/** Waits until a lane ends, or until it is time to look for new work. */
async function oneOf(lanes: Iterable<Promise<void>>): Promise<void> {
  const over = new AbortController();
  const timer = pause(LOOK_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
  try {
    await Promise.race([...lanes, timer]);
  } finally {
    over.abort();
  }
}
