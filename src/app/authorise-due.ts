/** The job `authorise-due`: the day before a planned capture the gateway is asked for the authorisation (J-1, seed 003). */
import { addDays } from "../domain/calendar.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { transition } from "../domain/lifecycle.ts";
import { type DetailedStatus, TRANSACTION_LIFECYCLE } from "../domain/transaction.ts";
import type { Authorised, Gateway, GatewayResult } from "../gateways/gateway.ts";
import { authorisationsDue, changeTransactions, type TransactionChange } from "../store/authorisations.ts";
import { allMarketplaces, type Marketplace, turnOfMarketplace } from "../store/marketplaces.ts";
import { consolidateOrders } from "../store/order-status.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Context, Job } from "./context.ts";

const AT_ONCE = 100;

type Due = Awaited<ReturnType<typeof authorisationsDue>>[number];

export const authoriseDue: Job = async (context, businessDate) => {
  const counts: Record<string, number> = {};
  const findings: Finding[] = [];
  for (const marketplace of await allMarketplaces(context.store.db)) {
    const tally = { authorised: 0, refused: 0, unknown: 0 };
    let afterId = 0n;
    for (;;) {
      const due = await authorisationsDue(context.store.db, marketplace.id, addDays(businessDate, 1), afterId, AT_ONCE);
      const end = due.at(-1);
      if (end === undefined) break;
      afterId = end.id;
      const asked = await askAll(await context.gateway(marketplace.row.gateway), due);
      await applyAnswers(context, marketplace, asked);
      for (const { due: row, result } of asked) {
        const outcome = result.kind === "done" ? "authorised" : result.kind;
        tally[outcome] += 1;
        if (result.kind !== "done") findings.push(findingOf(row, result));
      }
    }
    for (const [name, value] of Object.entries(tally)) counts[`${marketplace.ref}.${name}`] = value;
  }
  return { counts, findings };
};

interface Asked {
  readonly due: Due;
  readonly result: GatewayResult<Authorised>;
}

function askAll(gateway: Gateway, due: readonly Due[]): Promise<readonly Asked[]> {
  return Promise.all(due.map(async (row) => ({ due: row, result: await askOne(gateway, row) })));
}

/** The reference is derived from the transaction, so asking again after a crash gets the first answer. */
async function askOne(gateway: Gateway, row: Due): Promise<GatewayResult<Authorised>> {
  if (row.token_state !== "SUCCEEDED" || row.gateway_token === null) {
    return { kind: "refused", code: "NO_TOKEN", message: "the transaction has no usable token to ask with" };
  }
  try {
    return await gateway.authorise({
      reference: `${row.ref}/authorisation`,
      orderRef: row.order_ref,
      amount: row.amount,
      currency: row.currency,
      token: row.gateway_token,
    });
  } catch (error) {
    if (error instanceof RemitError && error.traits.retry === "later")
      return { kind: "unknown", why: "CONNECTION_LOST" };
    throw error;
  }
}

function findingOf(row: Due, result: Exclude<GatewayResult<Authorised>, { kind: "done" }>): Finding {
  return {
    code: result.kind === "refused" ? "AUTHORISATION_REFUSED" : "AUTHORISATION_UNKNOWN",
    where: `transaction ${row.ref}`,
    found: result.kind === "refused" ? `${result.code}: ${result.message}` : result.why,
    expected: result.kind === "refused" ? "an authorisation" : "an answer; it is asked again under the same reference",
  };
}

async function applyAnswers(context: Context, marketplace: Marketplace, asked: readonly Asked[]): Promise<void> {
  const now = context.clock();
  const changes = asked.flatMap(({ due, result }): TransactionChange[] => {
    if (result.kind === "unknown") return [];
    const from = due.detailed_status as "WAITING_AUTHORISATION" | "WAITING_AUTHORISATION_TO_VALIDATE";
    const to: DetailedStatus = transition(
      TRANSACTION_LIFECYCLE,
      `transaction ${due.ref}`,
      from,
      result.kind === "done" ? "authorise" : "refuse",
    );
    const none = { id: due.id, from, to, authorised: 0n, captured: 0n, cancelled: 0n, refunded: 0n };
    if (result.kind === "refused") return [none];
    const { amount, authorisationId, honourUntil, expiresAt } = result.value;
    return [
      {
        ...none,
        authorised: amount,
        gatewayRef: authorisationId,
        authorisedAt: now.toISOString(),
        honourUntil: honourUntil.toISOString(),
        expiresAt: expiresAt.toISOString(),
      },
    ];
  });
  const refs = new Map(asked.map(({ due }) => [due.id, due]));
  const apart = { alone: [turnOfMarketplace(marketplace.ref)] };
  await context.store.write(async (tx) => {
    await changeTransactions(tx, changes, now);
    const orders = await consolidateOrders(
      tx,
      changes.flatMap(({ id }) => refs.get(id)?.order_id ?? []),
    );
    const told = changes.map(({ id, to }) => ({
      kind: "transaction" as const,
      ref: refs.get(id)?.ref ?? "",
      status: to,
    }));
    await recordStatusChanges(tx, marketplace.id, [...told, ...orders], now);
  }, apart);
}
