/** A marketplace's own transfers as its systems read them: amounts as text of minor units, accounts masked. */
import { maskIban } from "../../domain/account-number.ts";
import { historyOf, payablesOfTransfer, transferByReference, transfersLike } from "../../store/listings/transfers.ts";
import type { Queries } from "../../store/store.ts";
import type { Context } from "../context.ts";
import { filterOf, notFound, type PageRequest, pageOf } from "./page.ts";

export async function pageOfTransfers(
  { store: { db } }: Pick<Context, "store">,
  marketplace: string,
  page: PageRequest,
) {
  const idOf = async (endToEndId: string) => (await ownTransfer(db, marketplace, endToEndId))?.id;
  const rows = await transfersLike(db, await filterOf(marketplace, page, idOf));
  return pageOf(rows, page, ({ end_to_end_id }) => end_to_end_id, summaryOf);
}

async function ownTransfer(db: Queries, marketplace: string, endToEndId: string) {
  const row = await transferByReference(db, endToEndId);
  return row?.marketplace === marketplace ? row : undefined;
}

type TransferRow = Awaited<ReturnType<typeof transfersLike>>[number];

function summaryOf(row: TransferRow) {
  return {
    endToEndId: row.end_to_end_id,
    seller: row.seller,
    amount: String(row.amount),
    currency: row.currency,
    state: row.state,
    reason: row.hold_reason ?? row.reason_code,
    businessDate: row.business_date,
    file: row.message_id,
    executedOn: row.executed_on,
    changedAt: row.changed_at,
  };
}

/** NOT_FOUND also for another marketplace's transfer. */
export async function transferOf({ store: { db } }: Pick<Context, "store">, marketplace: string, endToEndId: string) {
  const row = await ownTransfer(db, marketplace, endToEndId);
  if (row === undefined) throw notFound("transfer", endToEndId);
  const parts = await payablesOfTransfer(db, row.id);
  const history = await historyOf(db, row.marketplace_id, "transfer", endToEndId);
  return {
    ...summaryOf(row),
    creditor: { name: row.creditor_name, iban: row.creditor_iban === null ? null : maskIban(row.creditor_iban) },
    remittance: row.remittance,
    bankStatus: row.bank_status,
    parts: parts.map(({ kind, order, item, gross, fee, net, currency, available_on }) => ({
      kind,
      order,
      item,
      gross: String(gross),
      fee: String(fee),
      net: String(net),
      currency,
      availableOn: available_on,
    })),
    history: history.map(({ sequence, status, detail, changed_at }) => ({
      sequence: Number(sequence),
      status,
      detail,
      occurredAt: changed_at,
    })),
  };
}
