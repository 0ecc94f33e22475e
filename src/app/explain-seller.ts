/** Explains a seller: what he has at each stage, why it is not paid yet, and what the last settlements decided. */
import { maskIban } from "../domain/account-number.ts";
import { payablesFor, sellersByRef, settlementLinesOfSeller, transfersOfSeller } from "../store/explain.ts";
import { accountsOfSeller } from "../store/listings/balances.ts";
import type { Context } from "./context.ts";
import { type Explained, onlyOne, type Question, step, sum } from "./explain.ts";
import { explainPayables } from "./explain-money.ts";
import { explainTold } from "./explain-told.ts";
import { settlementStep } from "./explain-transfer.ts";
import { holdSays } from "./reports/settlement-report.ts";

/** Errors as of `onlyOne`. */
export async function explainSeller(
  { store: { db } }: Pick<Context, "store">,
  { id, marketplace, limit }: Question,
): Promise<readonly Explained[]> {
  const seller = onlyOne(await sellersByRef(db, id, marketplace), "a seller", id);
  const accounts = await accountsOfSeller(db, seller.marketplace_id, seller.id);
  const open = await payablesFor(db, { openOfSeller: seller.id }, limit);
  const transfers = await transfersOfSeller(db, seller.id, limit);
  const settlements = await settlementLinesOfSeller(db, seller.marketplace_id, seller.id, limit);
  const facts = {
    marketplace: seller.marketplace,
    name: seller.legal_name,
    accountHolder: seller.account_holder,
    account: seller.iban === null ? null : maskIban(seller.iban),
    onboarding: seller.onboarding,
    accountChangedAt: seller.account_changed_at,
  };
  return [
    step("seller", seller.ref, facts, [
      ...accounts
        .filter(({ balance }) => balance !== 0n)
        .map(({ bucket, balance, currency }) =>
          step("balance", bucket.toLowerCase(), { amount: sum(balance, currency) }),
        ),
      step("open", "not in a transfer yet", {}, await explainPayables(db, open, false)),
      ...transfers.map(transferStep),
      ...settlements.map(settlementStep),
      ...(await explainTold(db, seller.marketplace_id, "seller", [seller.ref])),
    ]),
  ];
}

function transferStep(transfer: Awaited<ReturnType<typeof transfersOfSeller>>[number]): Explained {
  return step("transfer", transfer.end_to_end_id, {
    amount: sum(transfer.amount, transfer.currency),
    state: transfer.state,
    holdReason: transfer.hold_reason,
    why: transfer.hold_reason === null ? undefined : holdSays(transfer.hold_reason),
    bankStatus: transfer.bank_status,
    businessDate: transfer.business_date,
    executedOn: transfer.executed_on,
    replaces: transfer.replaces,
  });
}
