/** Whether the engine can work now: whether its store answers. */
import { RemitError } from "../domain/errors.ts";
import { marketplaceIdOf } from "../store/marketplaces.ts";
import type { Context } from "./context.ts";

/** STORE_UNREACHABLE when it does not. */
export async function answersNow({ store }: Pick<Context, "store">): Promise<{ readonly ok: true }> {
  try {
    await marketplaceIdOf(store.db, "");
    return { ok: true };
  } catch (cause) {
    throw new RemitError("STORE_UNREACHABLE", { cause });
  }
}
