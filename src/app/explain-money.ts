/** The part of the chain before a transfer: authorisation, capture or refund, split, fee and the postings of a line. */
import { waitsForAcquirer } from "../domain/acquirer-cover.ts";
import { acquirerCovers } from "../store/acquirer-cover.ts";
import { type ExplainedPayable, type ExplainedPosting, postingsOfCauses } from "../store/explain.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import type { Queries } from "../store/store.ts";
import { type Explained, step, sum } from "./explain.ts";
import { holdSays } from "./reports/settlement-report.ts";

/** Each line of what is owed, back to its authorisation; `withTransfer` leads on to what pays it. */
export async function explainPayables(
  db: Queries,
  lines: readonly ExplainedPayable[],
  withTransfer: boolean,
): Promise<readonly Explained[]> {
  const postings = await postingsOfCauses(
    db,
    "PAYABLE",
    lines.map(({ id }) => id),
  );
  const waiting = await waitingFor(db, lines);
  return lines.map((line) => {
    const own = postings.filter(({ cause_id }) => cause_id === line.id);
    return lineStep(waiting.has(line.id) ? { ...line, held_reason: "ACQUIRER_NOT_PAID" } : line, own, withTransfer);
  });
}

/** Sales that the acquirer has not paid, where that is waited for. */
async function waitingFor(db: Queries, lines: readonly ExplainedPayable[]): Promise<ReadonlySet<bigint>> {
  const pending = lines.filter((line) => line.kind === "SALE" && line.matured_on === null && line.held_reason === null);
  const waiting = new Set<bigint>();
  if (pending.length === 0) return waiting;
  for (const marketplace of await allMarketplaces(db)) {
    const own = pending.filter(({ marketplace_id }) => marketplace_id === marketplace.id);
    const covers = own.length === 0 ? new Map() : await acquirerCovers(db, marketplace);
    for (const { id, currency, operation_date } of own) {
      const cover = covers.get(currency);
      if (cover !== undefined && waitsForAcquirer(cover, operation_date ?? "")) waiting.add(id);
    }
  }
  return waiting;
}

function lineStep(line: ExplainedPayable, postings: readonly ExplainedPosting[], withTransfer: boolean): Explained {
  const amount = (minor: bigint) => sum(minor, line.currency);
  const parts = [
    ...(line.order === null ? [] : [orderStep(line)]),
    ...(line.transaction === null ? [] : [authorisationStep(line)]),
    ...(line.operation === null ? [] : [operationStep(line)]),
    ...(line.item_id === null ? [] : [splitStep(line)]),
    ...(line.fee === 0n ? [] : [step("fee", feeSource(line), { amount: amount(line.fee) })]),
    ...postings.map(postingStep),
    ...(withTransfer && line.end_to_end_id !== null
      ? [step("transfer", line.end_to_end_id, { state: line.transfer_state })]
      : []),
  ];
  return step(
    line.kind.toLowerCase().replaceAll("_", "-"),
    String(line.id),
    {
      seller: line.seller,
      order: line.order,
      gross: amount(line.gross),
      fee: amount(line.fee),
      net: amount(line.net),
      availableOn: line.available_on,
      stage: stageOf(line),
      heldReason: line.held_reason,
      why: line.held_reason === null ? undefined : holdSays(line.held_reason),
    },
    parts,
  );
}

function stageOf(line: ExplainedPayable): string {
  if (line.matured_on === null) return "pending";
  return line.transfer_state === null ? "available" : line.transfer_state.toLowerCase();
}

function orderStep({ order, order_amount, currency }: ExplainedPayable): Explained {
  return step("order", order ?? "", { amount: sum(order_amount ?? 0n, currency) });
}

function authorisationStep(line: ExplainedPayable): Explained {
  return step("authorisation", line.transaction ?? "", {
    authorised: sum(line.authorised ?? 0n, line.currency),
    status: line.detailed_status,
    authorisedAt: line.authorised_at,
    gatewayRef: line.gateway_ref,
  });
}

function operationStep(line: ExplainedPayable): Explained {
  return step((line.operation_kind ?? "operation").toLowerCase(), line.operation ?? "", {
    amount: sum(line.operation_amount ?? 0n, line.currency),
    state: line.operation_state,
    businessDate: line.operation_date,
    doneAt: line.done_at,
    gatewayRef: line.operation_gateway_ref,
  });
}

/** Which item of the cart the amount fell to. */
function splitStep(line: ExplainedPayable): Explained {
  return step("split", line.item ?? "", {
    name: line.item_name,
    itemAmount: sum(line.item_amount ?? 0n, line.currency),
    part: sum(line.gross, line.currency),
    of: sum(line.operation_amount ?? line.gross, line.currency),
  });
}

function feeSource({ operation_fee, commission }: ExplainedPayable): string {
  if (operation_fee !== null) return "given with the operation";
  return commission === null ? "by the marketplace's rules" : "commission of the item";
}

export function postingStep({
  id,
  event,
  debit,
  credit,
  amount,
  currency,
  business_date,
}: ExplainedPosting): Explained {
  return step("posting", String(id), {
    event,
    amount: sum(amount, currency),
    movement: `${debit} -> ${credit}`,
    businessDate: business_date,
  });
}
