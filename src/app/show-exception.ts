/** Shows one exception: what is wrong, who must look at it, how it was cleared. */
import { RemitError } from "../domain/errors.ts";
import { exceptionById } from "../store/listings/exceptions.ts";
import type { Context } from "./context.ts";
import { summaryOfException } from "./list-exceptions.ts";

/** By its number; NOT_FOUND when there is none. */
export async function showException({ store }: Pick<Context, "store">, id: string) {
  const row = /^\d{1,18}$/.test(id) ? await exceptionById(store.db, BigInt(id)) : undefined;
  if (row === undefined) {
    throw new RemitError("NOT_FOUND", { where: "exception", found: id, expected: "the number of an exception" });
  }
  return {
    ...summaryOfException(row),
    resolution: row.resolution,
    resolvedBy: row.resolved_by,
    changedAt: row.changed_at,
  };
}
