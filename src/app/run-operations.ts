/** Asks the gateway for captures, cancellations and refunds: each once, whatever is killed or lost on the way. */
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { afterOperation } from "../domain/operation-effect.ts";
import type { Gateway, GatewayResult, Operated } from "../gateways/gateway.ts";
import { changeTransactions } from "../store/authorisations.ts";
import { type Marketplace, marketplaceNamed, turnOfMarketplace } from "../store/marketplaces.ts";
import {
  type EndedOperation,
  endOperations,
  transactionsById,
  type UnfinishedOperation,
  unfinishedOperations,
  unfinishedRanges,
} from "../store/operations.ts";
import { consolidateOrders } from "../store/order-status.ts";
import { recordStatusChanges, type StatusChange } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import type { Context, Part } from "./context.ts";
import { holdOperations, type OperationsLease } from "./operations-lease.ts";
import type { RunPart } from "./share-out.ts";

const AT_ONCE = 200;
/** Small enough to be shared out evenly, large enough that the queue does not count. */
const TRANSACTIONS_OF_A_PART = 1_000;
/** Calls under way at a time; those of one transaction never overlap, because gateways refuse that. */
const CALLS_IN_FLIGHT = 16;

interface Answer {
  readonly operation: UnfinishedOperation;
  readonly ended: EndedOperation;
}

/** What is unfinished of a marketplace, in parts of so many transactions: gateways refuse two calls for one at a time. */
export async function gatewayParts(
  { store, actor }: Pick<Context, "store" | "actor">,
  marketplace: Marketplace,
  businessDate: string,
  transactions = TRANSACTIONS_OF_A_PART,
): Promise<readonly Part[]> {
  const ranges = await unfinishedRanges(store.db, marketplace.id, transactions);
  return ranges.map(({ from, to }) => ({
    ...{ work: "run-operations", marketplace: marketplace.ref, businessDate, actor },
    ...{ from: from.toString(), to: to.toString() },
  }));
}

/** Asks for what is unfinished in one part; counts `MARKETPLACE.succeeded`, `.failed`, `.unknown`. */
export const runOperations: RunPart = async (context, { marketplace: ref, businessDate, from = "0", to = "0" }) => {
  const marketplace = await marketplaceNamed(context.store.db, ref);
  const range = { from: BigInt(from), to: BigInt(to) };
  const tally = { succeeded: 0, failed: 0, unknown: 0 };
  const findings: Finding[] = [];
  let last = 0n;
  let busy = 0;
  for (;;) {
    const operations = await unfinishedOperations(context.store.db, marketplace.id, range, last, AT_ONCE);
    const end = operations.at(-1);
    if (end === undefined) break;
    last = end.id;
    const answers = await askUnderFence(context, marketplace, operations, businessDate);
    busy += operations.length - answers.length;
    for (const { operation, ended } of answers) {
      tally[ended.state === "SUCCEEDED" ? "succeeded" : ended.state === "FAILED" ? "failed" : "unknown"] += 1;
      if (ended.state !== "SUCCEEDED") findings.push(findingOf(operation, ended));
    }
  }
  if (busy > 0) {
    throw new RemitError("STORE_CONFLICT", {
      where: `operations of ${ref}`,
      found: `${busy} that another worker is asking the gateway for`,
      expected: "none: asked again when it is done, or found dead",
    });
  }
  const counts = Object.fromEntries(Object.entries(tally).map(([name, count]) => [`${ref}.${name}`, count]));
  return { counts, findings };
};

/** Claims them, asks, and writes what was answered, all or nothing; what another worker holds is left out. */
async function askUnderFence(
  context: Context,
  marketplace: Marketplace,
  operations: readonly UnfinishedOperation[],
  businessDate: string,
): Promise<readonly Answer[]> {
  const lease = await holdOperations(context, operations);
  try {
    await context.at("operations.claimed");
    const mine = operations.flatMap((operation) => {
      const fence = lease.fences.get(operation.id);
      return fence === undefined ? [] : [{ ...operation, fence }];
    });
    const answers = await askAll(await context.gateway(marketplace.row.gateway), mine, lease);
    await context.at("operations.asked");
    lease.stop();
    if (answers.length > 0) {
      const apart = { alone: [turnOfMarketplace(marketplace.ref)] };
      await context.store.write((tx) => applyAnswers(tx, marketplace, answers, businessDate, context.clock()), apart);
    }
    return answers;
  } catch (error) {
    await lease.giveBack();
    throw error;
  }
}

function findingOf(operation: UnfinishedOperation, ended: EndedOperation): Finding {
  return {
    code: ended.state === "FAILED" ? "OPERATION_REFUSED" : "OPERATION_UNKNOWN",
    where: `${operation.kind.toLowerCase()} ${operation.ref} of transaction ${operation.transaction}`,
    found: ended.failure ?? "no answer",
    expected:
      ended.state === "FAILED" ? "an operation the gateway accepts" : "an answer; it is looked up at the next sweep",
  };
}

/** One lane per transaction, several lanes at a time. A worker that wakes up late looks at its fence before it asks again. */
async function askAll(
  gateway: Gateway,
  operations: readonly UnfinishedOperation[],
  lease: OperationsLease,
): Promise<readonly Answer[]> {
  const lanes = new Map<bigint, UnfinishedOperation[]>();
  for (const operation of operations) {
    lanes.set(operation.transactionId, [...(lanes.get(operation.transactionId) ?? []), operation]);
  }
  const answers: Answer[] = [];
  const waiting = [...lanes.values()];
  const work = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
      for (const operation of lane) {
        await lease.mustHold();
        answers.push({ operation, ended: { ...(await askOne(gateway, operation)), fence: operation.fence } });
      }
    }
  };
  await Promise.all(Array.from({ length: CALLS_IN_FLIGHT }, work));
  return answers.sort((a, b) => (a.operation.id < b.operation.id ? -1 : 1));
}

type Ended = Omit<EndedOperation, "fence">;

async function askOne(gateway: Gateway, operation: UnfinishedOperation): Promise<Ended> {
  const { id } = operation;
  if (operation.gatewayRef === null) {
    return { id, state: "FAILED", failure: "NO_AUTHORISATION: the transaction has no gateway reference" };
  }
  try {
    // Asked before: what became of it is looked up first. Repeating is safe only under the same reference.
    if (operation.state !== "CREATED") {
      const found = await gateway.find(operation.ref);
      if (found.kind === "operated") return { id, state: "SUCCEEDED", gatewayRef: found.value.operationId };
      if (found.kind === "refused") return { id, state: "FAILED", failure: `${found.code}: ${found.message}` };
      if (found.kind === "unknown") return { id, state: "UNKNOWN", failure: found.why };
    }
    return endedBy(id, await call(gateway, operation, operation.gatewayRef));
  } catch (error) {
    if (!(error instanceof RemitError)) throw error;
    const final = error.traits.retry === "never" && error.code !== "GATEWAY_REFUSED";
    return { id, state: final ? "FAILED" : "UNKNOWN", failure: `${error.code}: ${error.message}` };
  }
}

function call(
  gateway: Gateway,
  operation: UnfinishedOperation,
  authorisationId: string,
): Promise<GatewayResult<Operated>> {
  const { ref, amount, currency, kind } = operation;
  const request = { authorisationId, reference: ref, amount, currency };
  const seller = operation.seller === null ? {} : { sellerRef: operation.seller };
  switch (kind) {
    case "CAPTURE":
      return gateway.capture({ ...request, ...seller, ...(operation.fee === null ? {} : { fee: operation.fee }) });
    case "CANCELLATION":
      return gateway.cancel(request);
    case "REFUND":
      return gateway.refund({ ...request, ...seller });
    default:
      return kind satisfies never;
  }
}

function endedBy(id: bigint, result: GatewayResult<Operated>): Ended {
  switch (result.kind) {
    case "done":
      return { id, state: "SUCCEEDED", gatewayRef: result.value.operationId };
    case "refused":
      return { id, state: "FAILED", failure: `${result.code}: ${result.message}` };
    case "unknown":
      return { id, state: "UNKNOWN", failure: result.why };
    default:
      return result satisfies never;
  }
}

async function applyAnswers(
  tx: Transaction,
  marketplace: Marketplace,
  answers: readonly Answer[],
  businessDate: string,
  now: Date,
): Promise<void> {
  await endOperations(
    tx,
    answers.map(({ ended }) => ended),
    businessDate,
    now,
  );
  const before = await transactionsById(tx.db, [...new Set(answers.map(({ operation }) => operation.transactionId))]);
  const after = new Map(before);
  const told: StatusChange[] = [];
  for (const { operation, ended } of answers) {
    const transaction = after.get(operation.transactionId);
    if (transaction === undefined || ended.state === "UNKNOWN") continue;
    told.push({
      kind: operation.kind.toLowerCase() as "capture" | "cancellation" | "refund",
      ref: operation.ref,
      status: ended.state,
      ...(ended.failure === undefined ? {} : { detail: ended.failure }),
    });
    after.set(transaction.id, { ...transaction, ...stateAfter(transaction, operation, ended) });
  }
  const changed = [...after.values()].filter((transaction) => transaction !== before.get(transaction.id));
  await changeTransactions(
    tx,
    changed.map((transaction) => ({
      ...transaction,
      from: before.get(transaction.id)?.detailedStatus ?? transaction.detailedStatus,
      to: transaction.detailedStatus,
    })),
    now,
  );
  for (const { id, ref, detailedStatus } of changed) {
    if (detailedStatus !== before.get(id)?.detailedStatus)
      told.push({ kind: "transaction", ref, status: detailedStatus });
  }
  told.push(
    ...(await consolidateOrders(
      tx,
      changed.map(({ orderId }) => orderId),
    )),
  );
  await recordStatusChanges(tx, marketplace.id, told, now);
}

type State = Parameters<typeof afterOperation>[0];

/** A refused capture of which nothing was captured before ends the transaction; other refusals leave it as it is. */
function stateAfter(transaction: State, operation: UnfinishedOperation, ended: EndedOperation): State {
  if (ended.state === "SUCCEEDED") return afterOperation(transaction, operation.kind, operation.amount);
  const captureFailed =
    operation.kind === "CAPTURE" && transaction.captured === 0n && transaction.detailedStatus === "AUTHORISED";
  return captureFailed ? { ...transaction, detailedStatus: "CAPTURE_FAILED" } : transaction;
}
