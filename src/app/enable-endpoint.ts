/** Makes a disabled endpoint active again and queues what it missed, in order. */
import { RemitError } from "../domain/errors.ts";
import { recordAudit } from "../store/audit-log.ts";
import { enableEndpoint as enable, endpointByRef, queueMissed } from "../store/endpoints.ts";
import type { Context } from "./context.ts";

/** Answers how many notifications wait that it was not told while disabled. NOT_FOUND; TRANSITION_REFUSED when it is active. */
export async function enableEndpoint(
  { store, clock, actor }: Pick<Context, "store" | "clock" | "actor">,
  { marketplace, endpoint: ref }: { readonly marketplace: string; readonly endpoint: string },
): Promise<{ readonly missed: number }> {
  const now = clock();
  const endpoint = await endpointByRef(store.db, marketplace, ref);
  if (endpoint === undefined) {
    throw new RemitError("NOT_FOUND", { where: "endpoint", found: ref, expected: `an endpoint of ${marketplace}` });
  }
  return store.write(async (tx) => {
    if (!(await enable(tx, endpoint.id))) {
      throw new RemitError("TRANSITION_REFUSED", { where: `endpoint ${ref}`, found: "ACTIVE", expected: "DISABLED" });
    }
    const missed = await queueMissed(tx, endpoint.id, now);
    await recordAudit(tx, { actor, action: "enable", subject: `endpoint ${ref} of ${marketplace}`, now });
    return { missed };
  });
}
