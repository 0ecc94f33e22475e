/** An operation that an import brings, ready to be written. */
import type { OperationKind } from "../../domain/operation-effect.ts";
import type { WorkingTransaction } from "./working-orders.ts";

export interface NewOperation {
  readonly kind: OperationKind;
  readonly ref: string;
  readonly transaction: WorkingTransaction;
  readonly sellerId: bigint | null;
  readonly amount: bigint;
  readonly fee: bigint | null;
  readonly charge: bigint | null;
  readonly reason: string | null;
  /** Given when it was done elsewhere already: it has succeeded then. */
  readonly doneAt: string | null;
  readonly hash: string;
}
