/** Shows one exception: what is wrong, who must look at it, how it was cleared. */
import { RemitError } from "../domain/errors.ts";
import { exceptionById } from "../store/listings/exceptions.ts";
import type { Context } from "./context.ts";
import { summaryOfException, today } from "./list-exceptions.ts";

/** By its number; NOT_FOUND when there is none. */
export async function showException(context: Pick<Context, "store" | "clock" | "config">, id: string) {
  const row = await exceptionById(context.store.db, exceptionId(id));
  if (row === undefined) throw exceptionNotFound(id);
  return {
    ...summaryOfException(row, today(context)),
    resolution: row.resolution,
    resolvedBy: row.resolved_by,
    changedAt: row.changed_at,
  };
}

/** The number of an exception from text; NOT_FOUND for any other text. */
export function exceptionId(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw exceptionNotFound(text);
  return BigInt(text);
}

export function exceptionNotFound(found: string): RemitError {
  return new RemitError("NOT_FOUND", { where: "exception", found, expected: "the number of an exception" });
}
