/** The steps of a random sequence: each is done by the engine and by the model, where it applies. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { approveFile, refuseFile } from "../../src/app/decide-file.ts";
import { holdTransfer, releaseTransfer } from "../../src/app/decide-transfer.ts";
import { sendFiles } from "../../src/app/send-files.ts";
import { settle } from "../../src/app/settle.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import { type PaperTransfer, statusReport } from "./bank-papers.ts";
import type { MoneyModel } from "./money-model.ts";
import type { ModelTransfer } from "./money-records.ts";
import { ACCOUNTS, type ImportRecord, type MoneyWorld, SELLERS, sellerRecord } from "./money-world.ts";

export interface Step {
  readonly kind: keyof typeof STEPS;
  /** Chooses among what the step can be done to. */
  readonly pick: number;
  readonly other: number;
  /** Tens of cents. */
  readonly tens: number;
  /** Everything that comes from outside may come twice. */
  readonly twice: boolean;
}

type Do = (world: MoneyWorld, model: MoneyModel, step: Step) => Promise<void>;

/** A step that does not apply does nothing: sequences stay random, and shrink well. */
const SINGLE = {
  order: async (world, model, { pick, other, tens, twice }) => {
    const sellers = [...new Set([shopOf(pick), shopOf(other)])];
    const items = sellers.map((seller, index) => ({ seller, amount: BigInt(tens + index) * 10n }));
    const id = `o${model.orders.length}`;
    model.order(items);
    const amount = Number(items.reduce((sum, item) => sum + item.amount, 0n));
    const cart = items.map(({ seller, amount: own }, index) => ({
      id: `${id}-${index}`,
      name: "Thing",
      quantity: 1,
      amount: Number(own),
      seller,
    }));
    const head = { marketplace: "m", amount, currency: "EUR" };
    const live = {
      authorisedAt: `${world.date}T08:00:00Z`,
      expiresAt: "2027-06-01T00:00:00Z",
      captureOn: "2027-05-01",
    };
    await bring(world, twice, [
      { type: "order", id, items: cart, ...head },
      { type: "transaction", id: `T-${id}`, order: id, status: "AUTHORISED", gatewayRef: `G-${id}`, ...head, ...live },
    ]);
  },
  capture: async (world, model, step) => {
    const { found, order } = itemOf(model, step, (item) => item.captured < item.amount);
    if (found === undefined) return;
    const open = found.amount - found.captured;
    const amount = step.other % 2 === 0 ? open : least(open, BigInt(step.tens) * 10n);
    await operation(world, step, "capture", order, found.seller, amount);
    model.capture(order, found, amount);
  },
  refund: async (world, model, step) => {
    const { found, order } = itemOf(model, step, (item) => item.refunded < item.captured);
    if (found === undefined) return;
    const open = found.captured - found.refunded;
    const amount = step.other % 2 === 0 ? open : least(open, BigInt(step.tens) * 10n);
    await operation(world, step, "refund", order, found.seller, amount);
    model.giveBackToBuyer("refund", order, found, amount);
  },
  chargeback: async (world, model, step) => {
    const { found, order } = itemOf(model, step, (item) => item.refunded < item.captured);
    if (found === undefined) return;
    const amount = least(found.captured - found.refunded, BigInt(step.tens) * 10n);
    const charge = BigInt(step.other % 3) * 50n;
    const taken = operationRecord(world, "chargeback", world.nextPaper("chargeback"), order, found.seller, amount);
    await bring(world, step.twice, [charge === 0n ? taken : { ...taken, charge: Number(charge) }]);
    model.giveBackToBuyer("chargeback", order, found, amount, charge);
  },
  refundTooMuch: async (world, model, step) => {
    const { found, order } = itemOf(model, step, (item) => item.captured > 0n);
    if (found === undefined) return;
    const amount = Number(found.captured - found.refunded) + 10;
    const report = await world.bring([
      operationRecord(world, "refund", `x${order}`, order, found.seller, BigInt(amount)),
    ]);
    if (report.ok) throw new Error(`a refund of ${amount} above what was captured was taken`);
  },
  cashin: async (world, model, { pick, tens, twice }) => {
    const seller = shopOf(pick);
    const amount = BigInt(tens) * 10n;
    const record = { type: "cashin", marketplace: "m", id: world.nextPaper("cashin"), seller, amount: Number(amount) };
    await bring(world, twice, [record]);
    model.declare("cashin", seller, amount);
  },
  operatorFee: async (world, model, { pick, tens, twice }) => {
    const seller = SELLERS[pick % 3] ?? "a";
    const record = { type: "operator_fee", marketplace: "m", id: world.nextPaper("fee"), seller, amount: tens };
    await bring(world, twice, [record]);
    model.declare("operatorFee", seller, BigInt(tens));
  },
  cashout: async (world, model, { pick, other, tens, twice }) => {
    const seller = shopOf(pick);
    const scope = seller === "OPERATOR" ? { scope: "operator" } : { scope: "seller", seller };
    const wanted = other % 2 === 0 ? undefined : BigInt(tens) * 5n;
    const amount = wanted === undefined ? {} : { amount: Number(wanted) };
    const record = { type: "cashout", marketplace: "m", id: world.nextPaper("cashout"), ...scope, ...amount };
    const refused = model.cashout(seller, wanted);
    // Asked for once more it is the same cashout, granted or refused again.
    for (const _time of twice ? [1, 2] : [1]) {
      const { findings } = await world.bring([record]);
      assert.deepEqual(
        findings.map(({ code }) => code),
        refused === undefined ? [] : [refused],
        "the cashout's answer",
      );
    }
  },
  payIn: async (world, model, { pick, other, tens, twice }) => {
    const { owed } = model;
    if (owed <= 0n) return;
    const amount = other % 2 === 0 ? owed : least(owed, BigInt(tens) * 10n);
    const named = other % 3 === 0 ? pick % (model.day + 1) : undefined;
    const id = world.nextPaper("payin");
    const head = { type: "payin", marketplace: "m", id, amount: Number(amount), date: world.date, references: [id] };
    await bring(world, twice, [named === undefined ? head : { ...head, capturedOn: world.dateOf(named) }]);
    const { id: paper, xml } = world.payInOf(id, amount);
    await receive(world, { twice }, xml, paper);
    model.payIn(amount, named);
  },
  holdSeller: async (world, model, { pick, other, twice }) => {
    const seller = SELLERS[pick % 3] ?? "a";
    const isHeld = other % 2 === 0;
    const type = isHeld ? "seller_hold" : "seller_release";
    await bring(world, twice, [{ type, marketplace: "m", seller, by: "alice", reason: "a question" }]);
    model.seller(seller).isHeld = isHeld;
  },
  changeAccount: async (world, model, { pick, other, twice }) => {
    const ref = pick % 2 === 0 ? "a" : "b";
    const seller = model.seller(ref);
    const account = ACCOUNTS[ref].find((one) => one !== seller.account);
    if (account === undefined) return;
    const isValidated = other % 3 > 0;
    await bring(world, twice, [sellerRecord(ref, account, isValidated ? { onboarding: "VALIDATED" } : {})]);
    Object.assign(seller, { account, changedOn: model.day, isValidated: isValidated });
  },
  validateSeller: async (world, model, { pick, twice }) => {
    const waiting = Object.entries(model.sellers).filter(([, { isValidated }]) => !isValidated);
    const [ref, seller] = waiting[pick % Math.max(1, waiting.length)] ?? [];
    if (ref === undefined || seller === undefined) return;
    const decision = { type: "seller_decision", marketplace: "m", seller: ref, decision: "VALIDATED", by: "alice" };
    await bring(world, twice, [decision]);
    seller.isValidated = true;
  },
  holdTransfer: async (world, model, { pick }) => {
    const found = transferOf(model, pick, ({ state }) => state === "SCHEDULED");
    if (found === undefined) return;
    const endToEndId = await world.transferLike(found.seller, found.amount, "SCHEDULED");
    await holdTransfer(world.context, { endToEndId, why: "a question" });
    model.holdTransfer(found);
  },
  releaseTransfer: async (world, model, { pick }) => {
    const found = transferOf(model, pick, (transfer) => model.mayBeReleased(transfer));
    if (found === undefined) return;
    const endToEndId = await world.transferLike(found.seller, found.amount, "ON_HOLD", found.reason);
    await releaseTransfer(world.context, { endToEndId, why: "answered" });
    model.releaseTransfer(found);
  },
  hold: async (world, model, { pick, other, twice }) => {
    if (model.orders.length === 0) return;
    const order = pick % model.orders.length;
    const isHeld = other % 2 === 0;
    const record = { type: isHeld ? "hold" : "release", marketplace: "m", order: `o${order}` };
    await bring(world, twice, [isHeld ? { ...record, reason: "ITEM_HELD" } : record]);
    model.hold(order, isHeld);
  },
  settle: async (world, model, { twice }) => {
    await settle(world.context, world.date);
    if (twice) await settle(world.context, world.date);
    model.settle();
  },
  nextDay: async (world, model) => {
    model.day += 1;
    world.goTo(model.day);
  },
  writeFile: async (world, model, { twice }) => {
    await writeTransferFiles({ ...world.context, actor: "maker" }, world.date);
    if (twice) await writeTransferFiles({ ...world.context, actor: "maker" }, world.date);
    model.writeFile();
  },
  refuseFile: async (world, model, step) => {
    const file = fileOf(model, step, "AWAITING_APPROVAL");
    if (file === undefined) return;
    const messageId = (await world.files())[file] ?? "";
    await refuseFile({ ...world.context, actor: "finance" }, { messageId, reason: "not today" });
    model.refuseFile(file);
  },
  sendFile: async (world, model, step) => {
    const file = fileOf(model, step, "AWAITING_APPROVAL");
    if (file === undefined) return;
    const messageId = (await world.files())[file] ?? "";
    await approveFile({ ...world.context, actor: "finance" }, { messageId });
    await sendFiles(world.context, world.date);
    if (step.twice) await sendFiles(world.context, world.date);
    model.sendFile(file);
  },
  bankAccepts: (world, model, step) =>
    bankSays(world, model, step, ["SENT"], async (papers, chosen) => {
      const id = world.nextPaper("pain002");
      await receive(world, step, statusReport(id, world.createdAt(), papers, "ACCP"), id);
      model.accept(chosen);
    }),
  bankRejects: (world, model, step) =>
    bankSays(world, model, step, ["SENT", "ACCEPTED"], async (papers, chosen) => {
      const id = world.nextPaper("pain002");
      await receive(world, step, statusReport(id, world.createdAt(), papers, "RJCT"), id);
      model.giveBack(chosen, "REJECTED");
    }),
  bankBooks: (world, model, step) =>
    bankSays(world, model, step, ["SENT", "ACCEPTED"], async (papers, chosen) => {
      const { id, xml } = world.statementOf(papers, "booked");
      await receive(world, step, xml, id);
      model.execute(chosen);
    }),
  bankReturns: (world, model, step) =>
    bankSays(world, model, step, ["EXECUTED"], async (papers, chosen) => {
      const { id, xml } = world.statementOf(papers, "returned");
      await receive(world, step, xml, id);
      model.giveBack(chosen, "RETURNED");
    }),
} as const satisfies Record<string, Do>;

/** The common way through, so that what comes after it is reached often. */
export const STEPS = {
  ...SINGLE,
  sale: async (world, model, step) => {
    await SINGLE.order(world, model, step);
    const order = model.orders.length - 1;
    for (const item of model.orders[order]?.items ?? []) {
      await operation(world, step, "capture", order, item.seller, item.amount);
      model.capture(order, item, item.amount);
    }
  },
  night: async (world, model, step) => {
    for (const kind of ["nextDay", "settle", "writeFile"] as const) await SINGLE[kind](world, model, step);
    if (step.other % 4 > 0) await SINGLE.sendFile(world, model, step);
    // Most nights the acquirer pays all he owes: else nothing would ever be paid where that is waited for.
    if (step.pick % 4 > 0) await SINGLE.payIn(world, model, { ...step, other: 2 });
  },
} as const satisfies Record<string, Do>;

const WEIGHTS: Readonly<Partial<Record<keyof typeof STEPS, number>>> = {
  sale: 6,
  night: 6,
  capture: 4,
  refund: 4,
  settle: 3,
  cashout: 4,
  bankAccepts: 3,
  changeAccount: 4,
  bankBooks: 5,
  bankReturns: 3,
};

/** Up to 60 steps, in a marketplace that pays its sellers at once or when the acquirer has paid. */
export const sequences = fc.record({ paidWhen: fc.constantFrom("CAPTURED", "ACQUIRER_PAID"), steps: steps() });

function steps() {
  return fc.array(
    fc.record({
      kind: fc.oneof(
        ...(Object.keys(STEPS) as Step["kind"][]).map((kind) => ({
          arbitrary: fc.constant(kind),
          weight: WEIGHTS[kind] ?? 2,
        })),
      ),
      pick: fc.nat(1_000),
      other: fc.nat(1_000),
      tens: fc.integer({ min: 1, max: 2_000 }),
      twice: fc.boolean(),
    }),
    { maxLength: 60, size: "max" },
  );
}

async function bring(world: MoneyWorld, twice: boolean, records: readonly ImportRecord[]): Promise<void> {
  for (const time of twice ? ["first", "second"] : ["first"]) {
    const { findings } = await world.bring(records);
    if (findings.length > 0) throw new Error(`${time} import refused: ${JSON.stringify(findings)}`);
  }
}

function itemOf(
  model: MoneyModel,
  { pick }: Step,
  fits: (item: { captured: bigint; refunded: bigint; amount: bigint }) => boolean,
) {
  const fitting = model.orders.flatMap(({ items }, order) => items.filter(fits).map((found) => ({ order, found })));
  return fitting[pick % Math.max(1, fitting.length)] ?? { order: 0, found: undefined };
}

const shopOf = (pick: number): string => SELLERS[pick % SELLERS.length] ?? "a";

function transferOf(model: MoneyModel, pick: number, fits: (transfer: ModelTransfer) => boolean) {
  const fitting = model.transfers.filter(fits);
  return fitting[pick % Math.max(1, fitting.length)];
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const DONE_AT = { capture: "capturedAt", refund: "refundedAt", chargeback: "chargedBackAt" } as const;

function operationRecord(
  world: MoneyWorld,
  type: "capture" | "refund" | "chargeback",
  id: string,
  order: number,
  seller: string,
  amount: bigint,
): ImportRecord {
  const doneAt = { [DONE_AT[type]]: `${world.date}T09:00:00Z` };
  return { type, marketplace: "m", id, transaction: `T-o${order}`, seller, amount: Number(amount), ...doneAt };
}

async function operation(
  world: MoneyWorld,
  { twice }: Step,
  type: "capture" | "refund",
  order: number,
  seller: string,
  amount: bigint,
): Promise<void> {
  await bring(world, twice, [operationRecord(world, type, world.nextPaper(type), order, seller, amount)]);
}

function fileOf(model: MoneyModel, { pick }: Step, state: string): number | undefined {
  const fitting = model.files.flatMap((one, file) => (one === state ? [file] : []));
  return fitting[pick % Math.max(1, fitting.length)];
}

/** Chooses some transfers of one sent file that are in one of the states, and finds them in the store by shop and amount. */
async function bankSays(
  world: MoneyWorld,
  model: MoneyModel,
  { pick, other }: Step,
  states: readonly ModelTransfer["state"][],
  say: (papers: readonly PaperTransfer[], chosen: readonly ModelTransfer[]) => Promise<void>,
): Promise<void> {
  const fitting = model.files.flatMap((_, file) => {
    const open = model.inFile(file).filter(({ state }) => states.includes(state));
    return open.length === 0 ? [] : [{ file, open }];
  });
  const place = fitting[pick % Math.max(1, fitting.length)];
  if (place === undefined) return;
  const chosen = other % 2 === 0 ? place.open : place.open.slice(0, 1);
  const rows = [...(await world.transfersOf((await world.files())[place.file] ?? ""))];
  const papers = chosen.map((transfer): PaperTransfer => {
    const at = rows.findIndex(
      (row) => row.seller === transfer.seller && row.amount === transfer.amount && row.state === transfer.state,
    );
    const [row] = at === -1 ? [] : rows.splice(at, 1);
    if (row === undefined)
      throw new Error(`no transfer ${transfer.seller} ${transfer.amount} ${transfer.state} in the store`);
    const { end_to_end_id: endToEndId, payment_information_id, message_id: messageId, amount } = row;
    return { endToEndId, paymentInformationId: payment_information_id ?? "", messageId, amount };
  });
  await say(papers, chosen);
}

async function receive(world: MoneyWorld, { twice }: Pick<Step, "twice">, xml: string, id: string): Promise<void> {
  await world.receive(xml, `${id}.xml`);
  if (twice) await world.receive(`${xml}\n<!-- once more -->`, `${id}-again.xml`);
}
