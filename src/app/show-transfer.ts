/** Shows one transfer: who is paid what, for which orders, and what happened to it. */
import { maskIban } from "../domain/account-number.ts";
import { RemitError } from "../domain/errors.ts";
import { formatMinor } from "../domain/money.ts";
import { historyOf, payablesOfTransfer, transferByReference } from "../store/listings/transfers.ts";
import type { Context } from "./context.ts";
import { summaryOfTransfer } from "./list-transfers.ts";

/** By its EndToEndId; NOT_FOUND when there is none. The payee's account is masked. */
export async function showTransfer({ store: { db } }: Pick<Context, "store">, endToEndId: string) {
  const row = await transferByReference(db, endToEndId);
  if (row === undefined) {
    throw new RemitError("NOT_FOUND", {
      where: "transfer",
      found: endToEndId,
      expected: "an EndToEndId of this store",
    });
  }
  const parts = await payablesOfTransfer(db, row.id);
  const history = await historyOf(db, row.marketplace_id, "transfer", endToEndId);
  return {
    ...summaryOfTransfer(row),
    creditor: { name: row.creditor_name, iban: row.creditor_iban === null ? null : maskIban(row.creditor_iban) },
    remittance: row.remittance,
    bankStatus: row.bank_status,
    parts: parts.map(({ kind, order, item, gross, fee, net, currency, available_on }) => ({
      kind,
      order,
      item,
      gross: formatMinor(gross, currency),
      fee: formatMinor(fee, currency),
      net: formatMinor(net, currency),
      availableOn: available_on,
    })),
    history: history.map(({ sequence, status, detail, changed_at }) => ({
      sequence: Number(sequence),
      at: changed_at,
      status,
      detail,
    })),
  };
}
