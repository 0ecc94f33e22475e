/** Payments and files that lines name, with all their transfers, found by PmtInfId and by MsgId. */

import { group, sortedById } from "./grouping.ts";
import type { ReconTransfer } from "./recon-input.ts";

export class PaymentIndex {
  readonly byPayment: ReadonlyMap<string, readonly ReconTransfer[]>;
  readonly byMessage: ReadonlyMap<string, readonly ReconTransfer[]>;
  private readonly ids: ReadonlySet<string>;
  private readonly names: ReadonlySet<string>;

  /** `names`: the PmtInfIds and MsgIds of which all transfers are given; others may be here in part. */
  constructor(transfers: readonly ReconTransfer[], names: readonly string[] = []) {
    this.names = new Set(names);
    const sorted = sortedById(transfers);
    this.byPayment = group(sorted, ({ paymentInformationId }) => [paymentInformationId]);
    this.byMessage = group(sorted, ({ messageId }) => [messageId]);
    this.ids = new Set(sorted.map(({ id }) => id));
  }

  /** All transfers of a PmtInfId or a MsgId; undefined when they are not here. */
  whole(name: string): readonly ReconTransfer[] | undefined {
    if (!this.names.has(name)) return undefined;
    return [...(this.byPayment.get(name) ?? []), ...(this.byMessage.get(name) ?? [])];
  }

  holds(transferId: string): boolean {
    return this.ids.has(transferId);
  }
}
