/** Runs random sequences against the engine and the model, and says what replays one that fails. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { reconcile } from "../../src/app/reconcile.ts";
import { checkBooks, verifyBooks } from "../../src/app/verify-books.ts";
import { type ModelTransfer, MoneyModel } from "./money-model.ts";
import { STEPS, type Step, sequences } from "./money-steps.ts";
import { MoneyWorld } from "./money-world.ts";

export interface Runs {
  readonly kind: "sqlite" | "postgres";
  readonly count: number;
  readonly seed: number;
  /** Of a failure that is to be seen again. */
  readonly path?: string;
}

/** How many transfers ended in each state: a run that never came to one of them has not shown it. */
export type Reached = Readonly<Partial<Record<string, number>>>;

/** Throws at the first sequence that goes wrong, shrunk, with the command that replays it. */
export async function runSequences({ kind, count, seed, path }: Runs): Promise<Reached> {
  const world = await MoneyWorld.open(kind);
  const reached: Record<string, number> = {};
  try {
    const property = fc.asyncProperty(sequences, async (steps) => {
      for (const { state } of await live(world, steps)) reached[state] = (reached[state] ?? 0) + 1;
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

/** The model is compared after every step, which shows a lost cent at once; all tables are looked through now and then. */
const LOOK_THROUGH_EVERY = 5;

async function live(world: MoneyWorld, steps: readonly Step[]): Promise<readonly ModelTransfer[]> {
  await world.begin();
  const model = new MoneyModel(["none"]);
  for (const [index, step] of steps.entries()) {
    await STEPS[step.kind](world, model, step);
    assert.deepEqual(await world.listTransfers(), model.listTransfers(), `transfers after step ${index}`);
    assert.deepEqual(await world.balances(), model.balances(), `balances after step ${index}`);
    if (index % LOOK_THROUGH_EVERY === 0) assert.deepEqual(await world.broken(), [], `invariants after step ${index}`);
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
  return model.transfers;
}
