/** `remit balances` and `remit cashout`: what sellers and operators have, and a payout asked for now. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { listBalances } from "../../app/balances.ts";
import { requestCashout } from "../../app/request-cashout.ts";
import { RemitError } from "../../domain/errors.ts";
import { formatMinor, parseMinor } from "../../domain/money.ts";
import { act, type Call } from "../act.ts";
import { businessDateOf, dateOption, textOption } from "../options.ts";
import { table } from "../table.ts";
import { withContext } from "../with-context.ts";

const COLUMNS = [
  ...(["marketplace", "seller", "currency", "pending", "available", "scheduled", "payable"] as const),
  ...(["held", "reserved", "inTransit", "fees", "debtSince"] as const),
];

export function addBalanceCommands(program: Command): void {
  const balances = program
    .command("balances")
    .description("what each seller and the operator has, at each stage on the way to his account")
    .option("--marketplace <ref>", "only those of this marketplace");
  act(balances, (call) =>
    withContext(call, "read", async (context) => {
      const rows = await listBalances(context, textOption(call.options.marketplace));
      const cells = rows.map((row) => COLUMNS.map((column) => row[column] ?? "-"));
      return { json: { balances: rows }, text: table(COLUMNS, cells) };
    }),
  );
  addCashout(program);
}

function addCashout(program: Command): void {
  const command = program
    .command("cashout")
    .description("pay a seller or the operator now, of what is available; refused above it")
    .requiredOption("--id <key>", "your id of it: asking again with it pays nothing more")
    .requiredOption("--marketplace <ref>", "the marketplace")
    .addOption(new Option("--scope <scope>", "who is paid").choices(["operator", "seller"]).makeOptionMandatory())
    .option("--seller <ref>", "the seller, when the scope is seller")
    .addOption(amountOption())
    .option("--currency <code>", "the currency (default: EUR)", "EUR")
    .addOption(dateOption());
  act(command, (call) =>
    withContext(call, "visit", async (context) => {
      const given = { ...cashoutOf(call) };
      const { endToEndId, amount, currency } = await requestCashout(context, given, businessDateOf(call, context));
      const text = formatMinor(amount, currency);
      return { json: { endToEndId, amount: text, currency }, text: `${endToEndId} pays ${text} ${currency}` };
    }),
  );
}

function amountOption(): Option {
  return new Option("--amount <amount>", "decimal, such as 12.34 (default: all that is available)").argParser(
    (text) => {
      if (!/^\d{1,13}(?:\.\d{1,4})?$/.test(text))
        throw new InvalidArgumentError("It must be a decimal amount such as 12.34.");
      return text;
    },
  );
}

function cashoutOf({ options }: Call) {
  const seller = textOption(options.seller);
  const currency = String(options.currency);
  if ((options.scope === "seller") !== (seller !== undefined)) {
    const expected =
      options.scope === "seller" ? "--seller REF with --scope seller" : "no --seller with --scope operator";
    throw new RemitError("INPUT_INVALID", { where: "seller", found: seller ?? "nothing", expected });
  }
  const amount = textOption(options.amount);
  return {
    marketplace: String(options.marketplace),
    id: String(options.id),
    currency,
    ...(seller === undefined ? {} : { seller }),
    ...(amount === undefined ? {} : { amount: positive(parseMinor(amount, currency)) }),
  };
}

function positive(amount: bigint): bigint {
  if (amount > 0n) return amount;
  throw new RemitError("INPUT_INVALID", { where: "amount", found: String(amount), expected: "more than nothing" });
}
