/** Explains a transfer: back to the orders it pays, and on to the bank's statement and the notifications. */
import { maskIban } from "../domain/account-number.ts";
import { RemitError } from "../domain/errors.ts";
import {
  type ExplainedSettlementLine,
  type ExplainedTransfer,
  entriesWithReference,
  payablesFor,
  payableTotals,
  postingsOfCauses,
  settlementLinesOfTransfer,
  transfersById,
  transfersOfEntries,
  transferWithEndToEndId,
} from "../store/explain.ts";
import type { Queries } from "../store/store.ts";
import type { Context } from "./context.ts";
import { cut, type Explained, type Question, step, sum } from "./explain.ts";
import { explainBankSide } from "./explain-bank.ts";
import { explainPayables, postingStep } from "./explain-money.ts";
import { explainTold } from "./explain-told.ts";

/** By its EndToEndId, else by a reference of a bank line: then every transfer that the line paid or gave back. */
export async function explainTransfer(
  { store: { db } }: Pick<Context, "store">,
  { id, limit }: Question,
): Promise<readonly Explained[]> {
  const transfers = await transfersNamed(db, id, limit);
  const explained: Explained[] = [];
  for (const transfer of transfers) explained.push(await explainOne(db, transfer, limit));
  return explained;
}

async function transfersNamed(db: Queries, id: string, limit: number): Promise<readonly ExplainedTransfer[]> {
  const byName = await transferWithEndToEndId(db, id);
  if (byName.length > 0) return byName;
  const entries = await entriesWithReference(db, id, limit);
  const ids = await transfersOfEntries(
    db,
    entries.map((entry) => entry.id),
  );
  if (ids.length === 0) {
    throw new RemitError("NOT_FOUND", {
      where: "transfer",
      found: id,
      expected: "an EndToEndId of this store, or a reference of a bank line that is matched with a transfer",
    });
  }
  return transfersById(db, ids.slice(0, limit));
}

async function explainOne(db: Queries, transfer: ExplainedTransfer, limit: number): Promise<Explained> {
  const { currency } = transfer;
  const [lines, totals] = [
    await payablesFor(db, { transferId: transfer.id }, limit),
    await payableTotals(db, transfer.id),
  ];
  const paid = await explainPayables(db, lines, false);
  const settlements = await settlementLinesOfTransfer(db, transfer.id, transfer.seller_id);
  const postings = await postingsOfCauses(db, "TRANSFER", [transfer.id]);
  const pays = step(
    "pays",
    `${totals.lines} lines`,
    { gross: sum(totals.gross, currency), fee: sum(totals.fee, currency), net: sum(totals.net, currency) },
    cut(paid, limit, Number(totals.lines), (line) => line),
  );
  return step("transfer", transfer.end_to_end_id, factsOf(transfer), [
    pays,
    ...settlements.map(settlementStep),
    ...postings.map(postingStep),
    ...(await explainBankSide(db, transfer)),
    ...(await explainTold(db, transfer.marketplace_id, "transfer", [transfer.end_to_end_id])),
  ]);
}

function factsOf(transfer: ExplainedTransfer) {
  return {
    marketplace: transfer.marketplace,
    seller: transfer.seller,
    amount: sum(transfer.amount, transfer.currency),
    state: transfer.state,
    holdReason: transfer.hold_reason,
    businessDate: transfer.business_date,
    creditor: transfer.creditor_name,
    account: transfer.creditor_iban === null ? null : maskIban(transfer.creditor_iban),
    replaces: transfer.replaces,
    replacedBy: transfer.replaced_by,
  };
}

export function settlementStep(line: ExplainedSettlementLine): Explained {
  const amount = (minor: bigint) => sum(minor, line.currency);
  return step("settlement", `${line.business_date}/${line.currency}/${line.run}`, {
    sales: amount(line.sales),
    fees: amount(line.fees),
    refunds: amount(line.refunds),
    other: amount(line.other),
    carried: amount(line.carried),
    heldBefore: amount(line.net - (line.sales - line.fees + line.refunds + line.other + line.carried)),
    net: amount(line.net),
    outcome: line.outcome,
    reason: line.reason,
  });
}
