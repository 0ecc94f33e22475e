/** A person takes a matter on, or says how it was cleared; both stand in the audit log. */
import { RemitError } from "../domain/errors.ts";
import { EXCEPTION_LIFECYCLE } from "../domain/inbound-file.ts";
import { transition } from "../domain/lifecycle.ts";
import { recordAudit } from "../store/audit-log.ts";
import { setExceptionState } from "../store/exceptions.ts";
import { exceptionById } from "../store/listings/exceptions.ts";
import type { Context } from "./context.ts";
import { exceptionId, exceptionNotFound } from "./show-exception.ts";

export interface ClearedException {
  readonly id: string;
  readonly reason: string;
  readonly state: "ASSIGNED" | "RESOLVED";
  readonly owner: string;
}

const MOST_SIGNS = 500;

/** Gives a matter to a person; again to another as often as needed. NOT_FOUND, TRANSITION_REFUSED once it is resolved. */
export function assignException(
  context: Context,
  { id, to }: { readonly id: string; readonly to: string },
): Promise<ClearedException> {
  return change(context, id, "assign", { owner: said(to, "--to", "the person who takes it on") });
}

/** Closes a matter for good: found again, it stays closed. INPUT_INVALID without a word about how it was cleared. */
export function resolveException(
  context: Context,
  { id, how }: { readonly id: string; readonly how: string },
): Promise<ClearedException> {
  return change(context, id, "resolve", { how: said(how, "--how", "how it was cleared") });
}

async function change(
  context: Context,
  id: string,
  event: "assign" | "resolve",
  given: { readonly owner: string } | { readonly how: string },
): Promise<ClearedException> {
  const number = exceptionId(id);
  const { actor } = context;
  const now = context.clock();
  return context.store.write(async (tx) => {
    const row = await exceptionById(tx.db, number);
    if (row === undefined) throw exceptionNotFound(id);
    const state = transition(EXCEPTION_LIFECYCLE, `exception ${id}`, row.state, event) as ClearedException["state"];
    const owner = "owner" in given ? given.owner : row.owner;
    const resolution = "how" in given ? given.how : null;
    const resolvedBy = resolution === null ? null : actor;
    await setExceptionState(tx, { id: number, from: row.state, state, owner, resolution, resolvedBy, now });
    const detail = "owner" in given ? `to ${owner}` : given.how;
    await recordAudit(tx, { actor, action: event, subject: `exception ${id} (${row.reason})`, detail, now });
    return { id, reason: row.reason, state, owner };
  });
}

function said(text: string, where: string, expected: string): string {
  const trimmed = text.trim();
  if (trimmed !== "" && trimmed.length <= MOST_SIGNS) return trimmed;
  const found = trimmed === "" ? "nothing" : `${trimmed.length} signs`;
  throw new RemitError("INPUT_INVALID", { where, found, expected: `${expected}, in at most ${MOST_SIGNS} signs` });
}
