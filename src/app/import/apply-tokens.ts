/** Creates tokens, and moves those whose record says they have come further. */
import { ORDER_LIFECYCLE, type OrderState } from "../../domain/order.ts";
import { insertImported } from "../../store/import-inserts.ts";
import { tokensByRef } from "../../store/import-lookups.ts";
import { updateToken } from "../../store/import-updates.ts";
import type { Value } from "../../store/store.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import type { MarketplaceBatch } from "./marketplace-batch.ts";
import type { TokenRecord } from "./records.ts";

interface Draft {
  readonly id: bigint;
  readonly stored: OrderState | undefined;
  checked: Checked<TokenRecord> | undefined;
  state: OrderState;
  hash: string;
}

export async function applyTokens(
  run: ImportRun,
  batch: MarketplaceBatch,
  all: readonly Checked<TokenRecord>[],
): Promise<void> {
  if (all.length === 0) return;
  const marketplaceId = batch.marketplace.row.id;
  const drafts = new Map<string, Draft>();
  for (const row of await tokensByRef(run.tx.db, marketplaceId, [...new Set(all.map(({ record }) => record.id))])) {
    const { id, state, content_hash: hash } = row;
    drafts.set(row.ref, { id, stored: state, checked: undefined, state, hash });
    batch.tokens.set(row.ref, { id, position: -1 });
  }
  let nextId = await run.tx.reserveIds("tokens", all.length);
  for (const checked of all) {
    const { id: ref, state } = checked.record;
    const draft = drafts.get(ref);
    if (draft === undefined) {
      drafts.set(ref, { id: nextId, stored: undefined, checked, state, hash: checked.hash });
      batch.tokens.set(ref, { id: nextId, position: checked.position });
      nextId += 1n;
    } else if (draft.hash === checked.hash) run.count("known");
    else move(draft, checked);
  }
  await write(run, marketplaceId, [...drafts.values()]);
}

function move(draft: Draft, checked: Checked<TokenRecord>): void {
  const { state } = checked.record;
  const possible: readonly string[] = Object.values(ORDER_LIFECYCLE[draft.state]);
  if (!possible.includes(state)) {
    const expected = possible.length === 0 ? "nothing more: the state is final" : possible.join(" or ");
    checked.place.fault("TRANSITION_REFUSED", "state", `${state} after ${draft.state}`, expected);
    return;
  }
  draft.checked = checked;
  draft.state = state;
  draft.hash = checked.hash;
}

async function write(run: ImportRun, marketplaceId: bigint, drafts: readonly Draft[]): Promise<void> {
  const rows: Value[][] = [];
  for (const { id, stored, checked, state, hash } of drafts) {
    if (checked === undefined) continue;
    const gatewayToken = checked.record.gatewayToken ?? null;
    if (stored === undefined) {
      rows.push([id, marketplaceId, checked.record.id, state, gatewayToken, hash, run.now.toISOString()]);
    } else {
      await updateToken(run.tx, { id, state: stored }, { state, gateway_token: gatewayToken, content_hash: hash });
      run.count("tokensUpdated");
    }
  }
  await insertImported(run.tx, "tokens", rows);
  run.count("tokens", rows.length);
}
