/** Runs random sequences against the engine and the model, and says what replays one that fails. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { reconcile } from "../../src/app/reconcile.ts";
import { checkBooks, verifyBooks } from "../../src/app/verify-books.ts";
import { MoneyModel } from "./money-model.ts";
import type { ModelTransfer } from "./money-records.ts";
import { STEPS, type Step, sequences } from "./money-steps.ts";
import { ACCOUNTS, MoneyWorld, RESERVE } from "./money-world.ts";

export interface Runs {
  readonly kind: "sqlite" | "postgres";
  readonly count: number;
  readonly seed: number;
  /** Of a failure that is to be seen again. */
  readonly path?: string;
}

/** How often a transfer came to each state: a run that never came to one of them has not shown it. */
export type Reached = Readonly<Partial<Record<string, number>>>;

/** Throws at the first sequence that goes wrong, shrunk, with the command that replays it. */
export async function runSequences({ kind, count, seed, path }: Runs): Promise<Reached> {
  const world = await MoneyWorld.open(kind);
  const reached: Record<string, number> = {};
  try {
    const property = fc.asyncProperty(sequences, async ({ paidWhen, steps }) => {
      for (const state of await live(world, paidWhen, steps)) reached[state] = (reached[state] ?? 0) + 1;
    });
    const details = await fc.check(property, { numRuns: count, seed, ...(path === undefined ? {} : { path }) });
    if (details.failed) {
      const replay = `npx tsx test/models/replay.ts ${kind} ${details.seed} ${details.counterexamplePath ?? ""}`;
      const why =
        details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance);
      throw new Error(`${why}\nreplay with: ${replay}\n${await fc.asyncDefaultReportMessage(details)}`);
    }
  } finally {
    await world.close();
  }
  return reached;
}

/** After every step: the same as the model has, and no invariant broken. */
async function live(
  world: MoneyWorld,
  paidWhen: "CAPTURED" | "ACQUIRER_PAID",
  steps: readonly Step[],
): Promise<readonly string[]> {
  await world.begin(paidWhen);
  const stood = new Map<ModelTransfer, string>();
  const reached: string[] = [];
  const shop = { changedOn: 0, isValidated: true, isHeld: false };
  const reserve = { basisPoints: BigInt(RESERVE.basisPoints), days: RESERVE.days };
  const model = new MoneyModel(
    {
      a: { ...shop, account: ACCOUNTS.a[0] },
      b: { ...shop, account: ACCOUNTS.b[0], reserve },
      none: { ...shop },
      OPERATOR: { ...shop, account: "the operator's" },
    },
    paidWhen === "ACQUIRER_PAID",
  );
  for (const [index, step] of steps.entries()) {
    await STEPS[step.kind](world, model, step);
    for (const transfer of model.transfers) {
      const { state, reason = "" } = transfer;
      for (const place of [state, reason])
        if (place !== "" && stood.get(transfer) !== `${state}${reason}`) reached.push(place);
      stood.set(transfer, `${state}${reason}`);
    }
    assert.deepEqual(await world.listTransfers(), model.listTransfers(), `transfers after step ${index}`);
    assert.deepEqual(await world.balances(), model.balances(), `balances after step ${index}`);
    assert.deepEqual(await world.listDebts(), model.listDebts(), `debts after step ${index}`);
    assert.deepEqual(await world.broken(), [], `invariants after step ${index}`);
  }
  await reconcile(world.context, world.date);
  await verifyBooks(world.context, world.date);
  const { breaches, proofs } = await checkBooks(world.context.store.db);
  assert.deepEqual(breaches, [], "the books at the end");
  assert.deepEqual(
    proofs.filter(({ proof }) => proof.difference !== 0n),
    [],
    "the proofs at the end",
  );
  return reached;
}
