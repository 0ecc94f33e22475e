/** What the engine should do with money, as plainly as it can be said: lists in memory, no ledger, no database. */
import {
  type Booking,
  bucketOf,
  dueOf,
  type FileState,
  type Line,
  type ModelItem,
  type ModelOrder,
  type ModelSeller,
  type ModelTransfer,
} from "./money-records.ts";

const MINIMUM_PAYOUT = 100n;
const DELAY_DAYS = 1;
/** These wait for another account, or for a person. */
const OF_THE_BANK: ReadonlySet<string | undefined> = new Set(["BANK_REJECTED", "BANK_RETURNED"]);
const OF_A_PERSON = "MANUAL";

const sumOf = (lines: readonly { readonly net: bigint }[]): bigint => lines.reduce((sum, { net }) => sum + net, 0n);

export class MoneyModel {
  day = 0;
  readonly orders: ModelOrder[] = [];
  readonly transfers: ModelTransfer[] = [];
  readonly files: FileState[] = [];
  readonly sellers: Readonly<Record<string, ModelSeller>>;
  readonly debts = new Map<string, bigint>();
  private readonly lines: Line[] = [];
  private unbooked: Booking[] = [];
  private readonly booked: Booking[] = [];
  private paidIn = 0n;
  private readonly namedDays = new Set<number>();
  private readonly waitsForAcquirer: boolean;

  constructor(sellers: Readonly<Record<string, ModelSeller>>, waitsForAcquirer: boolean) {
    this.sellers = sellers;
    this.waitsForAcquirer = waitsForAcquirer;
  }

  order(items: readonly { readonly seller: string; readonly amount: bigint }[]): void {
    this.orders.push({ items: items.map((item) => ({ ...item, captured: 0n, refunded: 0n })), isHeld: false });
  }

  capture(order: number, item: ModelItem, amount: bigint): void {
    item.captured += amount;
    this.happened({ kind: "capture", order, seller: item.seller, amount });
  }

  giveBackToBuyer(kind: "refund" | "chargeback", order: number, item: ModelItem, amount: bigint, charge = 0n): void {
    item.refunded += amount;
    this.happened({ kind, order, seller: item.seller, amount, charge });
  }

  declare(kind: "cashin" | "operatorFee", seller: string, amount: bigint): void {
    this.happened({ kind, order: -1, seller, amount });
  }

  private happened(booking: Omit<Booking, "day">): void {
    this.unbooked.push({ ...booking, day: this.day });
  }

  /** Touches what no settlement has taken up yet. */
  hold(order: number, isHeld: boolean): void {
    const found = this.orders[order];
    if (found !== undefined) found.isHeld = isHeld;
    for (const line of this.lines) {
      if (line.order === order && line.kind === "sale" && !line.isMatured) line.isHeld = isHeld;
    }
  }

  seller(ref: string): ModelSeller {
    const seller = this.sellers[ref];
    if (seller === undefined) throw new Error(`the model has no seller ${ref}`);
    return seller;
  }

  settle(): void {
    this.bookAll();
    this.releaseReissues();
    for (const seller of Object.keys(this.sellers)) this.settleSeller(seller);
  }

  /** What the acquirer still owes of what is booked. */
  get owed(): bigint {
    return this.booked.reduce((sum, booking) => sum + dueOf(booking), 0n) - this.paidIn;
  }

  payIn(amount: bigint, namedDay?: number): void {
    this.paidIn += amount;
    if (namedDay !== undefined) this.namedDays.add(namedDay);
  }

  /** The newest days that come to what is owed: captures from the first of them on wait, but not those of named days. */
  private isUnpaid(day: number, bookings: readonly Booking[]): boolean {
    if (!this.waitsForAcquirer || this.namedDays.has(day)) return false;
    const owed = bookings.reduce((sum, booking) => sum + dueOf(booking), 0n) - this.paidIn;
    if (owed <= 0n) return false;
    const later = bookings.filter((booking) => booking.day > day && !this.namedDays.has(booking.day));
    const days = [...new Set(later.map((booking) => booking.day))].sort((a, b) => b - a);
    let sum = 0n;
    for (const one of days) {
      sum += later.filter((booking) => booking.day === one).reduce((total, booking) => total + dueOf(booking), 0n);
      if (sum >= owed) return false;
    }
    return true;
  }

  private bookAll(): void {
    this.lines.push(...this.linesToBook());
    this.booked.push(...this.unbooked);
    this.unbooked = [];
  }

  private linesToBook(): readonly Line[] {
    return this.unbooked.flatMap((booking) => this.linesOf(booking));
  }

  /** A tenth is the operator's; amounts are whole tens, so that nothing is rounded here. */
  private linesOf({ kind, order, seller, amount, charge = 0n, day }: Booking): readonly Line[] {
    const now = { seller, order, day, availableOn: this.day, isHeld: false, isMatured: true, isSettled: false };
    if (kind === "cashin") return [{ ...now, kind: "other", net: amount, fee: 0n }];
    if (kind === "operatorFee") return [{ ...now, kind: "other", net: -amount, fee: amount }];
    if (kind === "capture") {
      const isHeld = this.orders[order]?.isHeld === true;
      const later = { availableOn: day + DELAY_DAYS, isMatured: false, isHeld };
      return [{ ...now, ...later, kind: "sale", net: (amount * 9n) / 10n, fee: amount / 10n }];
    }
    const back: Line = { ...now, kind: "back", net: (-amount * 9n) / 10n, fee: -amount / 10n };
    return charge === 0n ? [back] : [back, { ...now, kind: "other", net: -charge, fee: 0n }];
  }

  private openLines(seller: string, lines: readonly Line[] = this.lines, bookings = this.booked): readonly Line[] {
    const isDue = ({ isMatured, kind, availableOn, day }: Line): boolean =>
      isMatured || (availableOn <= this.day && !(kind === "sale" && this.isUnpaid(day, bookings)));
    return lines.filter((line) => line.seller === seller && line.transfer === undefined && !line.isHeld && isDue(line));
  }

  /** Rounded half up; never more than is paid, and nothing of what was settled before. */
  private reserveOf(seller: string, open: readonly Line[], payout: bigint): bigint {
    const { reserve } = this.seller(seller);
    const sold = sumOf(open.filter(({ kind, isSettled }) => !isSettled && (kind === "sale" || kind === "back")));
    if (reserve === undefined || sold <= 0n || payout <= 0n) return 0n;
    const share = (sold * reserve.basisPoints + 5_000n) / 10_000n;
    return share < payout ? share : payout;
  }

  /** What keeps a seller from being paid, whatever the amount. */
  private sellerProblem(ref: string): string | undefined {
    const seller = this.seller(ref);
    if (seller.isHeld) return "SELLER_HELD";
    if (!seller.isValidated) return "SELLER_NOT_VALIDATED";
    if (seller.account === undefined) return "NO_ACCOUNT";
    // An account that was there from the first day never cools.
    return seller.changedOn === this.day && this.day > 0 ? "ACCOUNT_COOLING" : undefined;
  }

  private problem(ref: string, amount: bigint): string | undefined {
    return this.sellerProblem(ref) ?? (amount < MINIMUM_PAYOUT ? "BELOW_MINIMUM" : undefined);
  }

  private releaseReissues(): void {
    for (const transfer of this.transfers) {
      const { state, seller, reason, refusedAccount } = transfer;
      if (state !== "ON_HOLD" || refusedAccount === undefined || reason === OF_A_PERSON) continue;
      if (this.sellerProblem(seller) !== undefined) continue;
      if (OF_THE_BANK.has(reason) && this.seller(seller).account === refusedAccount) continue;
      letGo(transfer);
    }
  }

  private settleSeller(seller: string): void {
    const open = this.openLines(seller);
    const held = this.transfers.filter(
      (one) =>
        one.seller === seller &&
        one.state === "ON_HOLD" &&
        one.refusedAccount === undefined &&
        one.reason !== OF_A_PERSON,
    );
    if (open.length === 0 && held.length === 0) return;
    const gross = sumOf(open) + held.reduce((sum, { amount }) => sum + amount, 0n);
    const reserve = this.reserveOf(seller, open, gross);
    const net = gross - reserve;
    for (const line of open) Object.assign(line, { isMatured: true, isSettled: true });
    const taken = [...open, ...this.keepBack(seller, reserve)];
    const [first] = net > 0n ? held : [];
    for (const one of held) if (one !== first) this.giveUp(one, taken);
    if (net < 0n) this.debts.set(seller, -net);
    else this.debts.delete(seller);
    if (net <= 0n) return;
    const transfer: ModelTransfer = first ?? { seller, amount: net, state: "SCHEDULED" };
    if (first === undefined) this.transfers.push(transfer);
    transfer.amount = net;
    const reason = this.problem(seller, net);
    if (reason === undefined) letGo(transfer);
    else Object.assign(transfer, { state: "ON_HOLD", reason });
    for (const line of taken) line.transfer = transfer;
  }

  /** What leaves the payout and comes back when the days of the reserve are over. */
  private keepBack(seller: string, reserve: bigint): readonly Line[] {
    if (reserve === 0n) return [];
    const line = { seller, order: -1, fee: 0n, day: this.day, isHeld: false, isSettled: true };
    const kept: Line = { ...line, kind: "reserve", net: -reserve, availableOn: this.day, isMatured: true };
    const availableOn = this.day + (this.seller(seller).reserve?.days ?? 0);
    this.lines.push(kept, { ...line, kind: "release", net: reserve, availableOn, isMatured: false, isSettled: false });
    return [kept];
  }

  private giveUp(transfer: ModelTransfer, taken: Line[]): void {
    transfer.state = "CANCELLED";
    delete transfer.reason;
    for (const line of this.lines) {
      if (line.transfer !== transfer) continue;
      delete line.transfer;
      taken.push(line);
    }
  }

  /** What a cashout answers: undefined when it is granted. Nothing of it stands when it is refused. */
  cashout(seller: string, wanted: bigint | undefined): string | undefined {
    const open = this.openLines(seller, [...this.lines, ...this.linesToBook()], [...this.booked, ...this.unbooked]);
    const gross = sumOf(open);
    const reserve = this.reserveOf(seller, open, gross);
    const available = gross - reserve;
    const amount = wanted ?? available;
    if (available <= 0n) return "NOTHING_AVAILABLE";
    if (amount > available) return "AMOUNT_EXCEEDED";
    if (this.problem(seller, amount) !== undefined) return "PAYOUT_REFUSED";
    this.bookAll();
    this.debts.delete(seller);
    const transfer: ModelTransfer = { seller, amount, state: "SCHEDULED" };
    this.transfers.push(transfer);
    const paid = this.openLines(seller);
    for (const line of [...paid, ...this.keepBack(seller, reserve)]) {
      Object.assign(line, { isMatured: true, isSettled: true, transfer });
    }
    const rest = available - amount;
    if (rest > 0n) {
      const line = {
        seller,
        order: -1,
        kind: "rest",
        fee: 0n,
        availableOn: this.day,
        day: this.day,
        isHeld: false,
      } as const;
      const now = { isMatured: true, isSettled: true };
      this.lines.push({ ...line, ...now, net: -rest, transfer }, { ...line, ...now, net: rest });
    }
    return undefined;
  }

  /** What stopped the seller since the settlement holds the transfer; the rest goes into one file. */
  writeFile(): void {
    const scheduled = this.transfers.filter(({ state }) => state === "SCHEDULED");
    let written = false;
    for (const transfer of scheduled) {
      const reason = this.sellerProblem(transfer.seller);
      if (reason !== undefined) {
        Object.assign(transfer, { state: "ON_HOLD", reason });
        continue;
      }
      const account = this.seller(transfer.seller).account;
      Object.assign(transfer, { state: "IN_FILE", file: this.files.length, account });
      written = true;
    }
    if (written) this.files.push("AWAITING_APPROVAL");
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
      const { seller, amount, account = "" } = transfer;
      const reissue: ModelTransfer = {
        seller,
        amount,
        state: "ON_HOLD",
        reason: `BANK_${state}`,
        refusedAccount: account,
      };
      this.transfers.push(reissue);
      for (const line of this.lines) if (line.transfer === transfer) line.transfer = reissue;
    }
  }

  holdTransfer(transfer: ModelTransfer): void {
    Object.assign(transfer, { state: "ON_HOLD", reason: OF_A_PERSON });
  }

  /** What only a person may let go, or what a person may let go before the seller has another account. */
  mayBeReleased({ state, reason }: ModelTransfer): boolean {
    return state === "ON_HOLD" && (reason === OF_A_PERSON || OF_THE_BANK.has(reason));
  }

  releaseTransfer(transfer: ModelTransfer): void {
    letGo(transfer);
  }

  /** What each seller should have in each bucket, and the operator in fees, as `seller BUCKET amount`; nothing is left out. */
  balances(): readonly string[] {
    const sums = new Map<string, bigint>();
    const add = (seller: string, bucket: string, amount: bigint): void => {
      const key = `${seller} ${bucket}`;
      sums.set(key, (sums.get(key) ?? 0n) + amount);
    };
    add("m", "ACQUIRER_RECEIVABLE", -this.owed);
    for (const line of this.lines) {
      add(line.seller, bucketOf(line), line.net);
      add("OPERATOR", "FEES", line.fee);
    }
    return [...sums].flatMap(([key, sum]) => (sum === 0n || key.endsWith(" PAID") ? [] : [`${key} ${sum}`])).sort();
  }

  listTransfers(): readonly string[] {
    return this.transfers
      .map(
        ({ seller, amount, state, reason }) =>
          `${seller} ${amount} ${state}${reason === undefined ? "" : ` ${reason}`}`,
      )
      .sort();
  }

  listDebts(): readonly string[] {
    return [...this.debts].map(([seller, amount]) => `${seller} ${amount}`).sort();
  }
}

function letGo(transfer: ModelTransfer): void {
  transfer.state = "SCHEDULED";
  delete transfer.reason;
}
