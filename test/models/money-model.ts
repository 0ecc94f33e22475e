/** What the engine should do with money, as plainly as it can be said: lists in memory, no ledger, no database. */

export type TransferState =
  | "SCHEDULED"
  | "ON_HOLD"
  | "IN_FILE"
  | "SENT"
  | "ACCEPTED"
  | "EXECUTED"
  | "REJECTED"
  | "RETURNED"
  | "CANCELLED";

export interface ModelTransfer {
  readonly seller: string;
  amount: bigint;
  state: TransferState;
  /** A re-issue of what a bank refused waits for another account, and nothing joins it. */
  readonly isReissue: boolean;
  file?: number;
}

interface Line {
  readonly seller: string;
  readonly order: number;
  readonly isSale: boolean;
  readonly net: bigint;
  readonly fee: bigint;
  readonly availableOn: number;
  isHeld: boolean;
  isMatured: boolean;
  transfer?: ModelTransfer;
}

export interface ModelItem {
  readonly seller: string;
  readonly amount: bigint;
  captured: bigint;
  refunded: bigint;
}

export interface ModelOrder {
  readonly items: readonly ModelItem[];
  isHeld: boolean;
}

interface Booking {
  readonly kind: "capture" | "refund" | "cashin";
  readonly order: number;
  readonly seller: string;
  readonly amount: bigint;
  readonly day: number;
}

export type FileState = "AWAITING_APPROVAL" | "REFUSED" | "SENT";

const MINIMUM_PAYOUT = 100n;
const DELAY_DAYS = 1;

export class MoneyModel {
  day = 0;
  readonly orders: ModelOrder[] = [];
  readonly transfers: ModelTransfer[] = [];
  readonly files: FileState[] = [];
  private readonly lines: Line[] = [];
  private unbooked: Booking[] = [];
  private readonly withoutAccount: ReadonlySet<string>;

  constructor(withoutAccount: readonly string[]) {
    this.withoutAccount = new Set(withoutAccount);
  }

  order(items: readonly { readonly seller: string; readonly amount: bigint }[]): void {
    this.orders.push({ items: items.map((item) => ({ ...item, captured: 0n, refunded: 0n })), isHeld: false });
  }

  capture(order: number, item: ModelItem, amount: bigint): void {
    item.captured += amount;
    this.unbooked.push({ kind: "capture", order, seller: item.seller, amount, day: this.day });
  }

  refund(order: number, item: ModelItem, amount: bigint): void {
    item.refunded += amount;
    this.unbooked.push({ kind: "refund", order, seller: item.seller, amount, day: this.day });
  }

  cashin(seller: string, amount: bigint): void {
    this.unbooked.push({ kind: "cashin", order: -1, seller, amount, day: this.day });
  }

  /** Touches what no settlement has taken up yet. */
  hold(order: number, isHeld: boolean): void {
    const found = this.orders[order];
    if (found !== undefined) found.isHeld = isHeld;
    for (const line of this.lines) {
      if (line.order === order && line.isSale && !line.isMatured) line.isHeld = isHeld;
    }
  }

  settle(): void {
    for (const booking of this.unbooked) this.book(booking);
    this.unbooked = [];
    for (const seller of new Set([...this.lines, ...this.transfers].map((one) => one.seller)))
      this.settleSeller(seller);
  }

  /** A tenth is the operator's; amounts are whole tens, so that nothing is rounded here. */
  private book({ kind, order, seller, amount, day }: Booking): void {
    const isSale = kind === "capture";
    const signed = kind === "refund" ? -amount : amount;
    const fee = kind === "cashin" ? 0n : signed / 10n;
    this.lines.push({
      seller,
      order,
      isSale,
      net: signed - fee,
      fee,
      availableOn: isSale ? day + DELAY_DAYS : this.day,
      isHeld: isSale && this.orders[order]?.isHeld === true,
      isMatured: !isSale,
    });
  }

  private settleSeller(seller: string): void {
    const due = this.lines.filter(
      (line) =>
        line.seller === seller &&
        line.transfer === undefined &&
        !line.isHeld &&
        (line.isMatured || line.availableOn <= this.day),
    );
    const held = this.transfers.find((one) => one.seller === seller && one.state === "ON_HOLD" && !one.isReissue);
    if (due.length === 0 && held === undefined) return;
    for (const line of due) line.isMatured = true;
    const net = due.reduce((sum, line) => sum + line.net, held?.amount ?? 0n);
    if (net <= 0n) {
      if (held === undefined) return;
      held.state = "CANCELLED";
      for (const line of this.lines) if (line.transfer === held) delete line.transfer;
      return;
    }
    const state = this.withoutAccount.has(seller) || net < MINIMUM_PAYOUT ? "ON_HOLD" : "SCHEDULED";
    const transfer = held ?? { seller, amount: net, state, isReissue: false };
    if (held === undefined) this.transfers.push(transfer);
    Object.assign(transfer, { amount: net, state });
    for (const line of due) line.transfer = transfer;
  }

  writeFile(): boolean {
    const scheduled = this.transfers.filter(({ state }) => state === "SCHEDULED");
    if (scheduled.length === 0) return false;
    for (const transfer of scheduled) Object.assign(transfer, { state: "IN_FILE", file: this.files.length });
    this.files.push("AWAITING_APPROVAL");
    return true;
  }

  refuseFile(file: number): void {
    this.files[file] = "REFUSED";
    for (const transfer of this.inFile(file)) {
      transfer.state = "SCHEDULED";
      delete transfer.file;
    }
  }

  sendFile(file: number): void {
    this.files[file] = "SENT";
    for (const transfer of this.inFile(file)) transfer.state = "SENT";
  }

  inFile(file: number): readonly ModelTransfer[] {
    return this.transfers.filter((transfer) => transfer.file === file);
  }

  accept(transfers: readonly ModelTransfer[]): void {
    for (const transfer of transfers) transfer.state = "ACCEPTED";
  }

  execute(transfers: readonly ModelTransfer[]): void {
    for (const transfer of transfers) transfer.state = "EXECUTED";
  }

  /** The money is the seller's again, held in a re-issue. */
  giveBack(transfers: readonly ModelTransfer[], state: "REJECTED" | "RETURNED"): void {
    for (const transfer of transfers) {
      transfer.state = state;
      const reissue: ModelTransfer = {
        seller: transfer.seller,
        amount: transfer.amount,
        state: "ON_HOLD",
        isReissue: true,
      };
      this.transfers.push(reissue);
      for (const line of this.lines) if (line.transfer === transfer) line.transfer = reissue;
    }
  }

  /** What each seller should have in each bucket, and the operator in fees, as `seller BUCKET amount`; nothing is left out. */
  balances(): readonly string[] {
    const sums = new Map<string, bigint>();
    const add = (seller: string, bucket: string, amount: bigint): void => {
      const key = `${seller} ${bucket}`;
      sums.set(key, (sums.get(key) ?? 0n) + amount);
    };
    for (const { seller, net, fee, isMatured, transfer } of this.lines) {
      add(seller, bucketOf(isMatured, transfer?.state), net);
      add("OPERATOR", "FEES", fee);
    }
    return [...sums].flatMap(([key, sum]) => (sum === 0n || key.endsWith(" PAID") ? [] : [`${key} ${sum}`])).sort();
  }

  listTransfers(): readonly string[] {
    return this.transfers.map(({ seller, amount, state }) => `${seller} ${amount} ${state}`).sort();
  }
}

function bucketOf(isMatured: boolean, state: TransferState | undefined): string {
  if (!isMatured) return "PENDING";
  if (state === "ON_HOLD") return "HELD";
  if (state === "IN_FILE" || state === "SENT" || state === "ACCEPTED") return "IN_TRANSIT";
  return state === "EXECUTED" ? "PAID" : "AVAILABLE";
}
