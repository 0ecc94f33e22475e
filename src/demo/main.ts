/** `npm run demo`: three business days of a marketplace, its gateway and its bank on this machine, told in plain words. */
import { existsSync, rmSync } from "node:fs";
import type { Context } from "../app/context.ts";
import { instantOf } from "../domain/calendar.ts";
import { packageFile } from "../package-file.ts";
import { CASE_BANK_RULES, CASE_GATEWAY_RULES } from "./cases.ts";
import { importMarket } from "./import-market.ts";
import { keepFiles, keepsakesOf } from "./keepsakes.ts";
import { DAYS, EVE } from "./market.ts";
import { counted, print, printAmounts, printAt } from "./page.ts";
import { liveThroughDays } from "./run-days.ts";
import { Teller } from "./teller.ts";
import { timetable } from "./timetable.ts";
import { totalsOf } from "./totals.ts";
import { faultsOf } from "./witnesses.ts";
import { startWorld, type World, ZONE } from "./world.ts";

const [FIRST, , FRIDAY] = DAYS;
/** Under the project's own folder, which is where npm runs its scripts; made anew each time. */
const USUAL_FOLDER = "var/demo";
const FOLDER = process.argv[2] ?? USUAL_FOLDER;
const SIZE = { sellers: 250, orders: 5_000 };
/** The small hand-written files, as two more marketplaces would send them on the last day. */
const ARRIVALS = {
  [FRIDAY]: [
    "practical-case/multi-capture.ndjson",
    ...["marketplaces", "sellers", "orders", "transactions", "refunds", "cashins", "holds"].map(
      (name) => `csv/${name}.csv`,
    ),
  ].map((name) => packageFile(`sample-files/${name}`)),
};
const CONFIG = `REMIT_CONFIG=${FOLDER}/remit.json`;

/** Answers the exit code. */
async function demo(): Promise<number> {
  // What stands elsewhere is somebody's: only our own folder is ever emptied.
  if (FOLDER === USUAL_FOLDER) rmSync(FOLDER, { recursive: true, force: true });
  else if (existsSync(FOLDER)) throw new Error(`${FOLDER} is there already: name a folder that is not`);
  const world = await startWorld(FOLDER, instantOf(EVE, "20:00", ZONE));
  try {
    world.bank.brain.setBehaviour(CASE_BANK_RULES);
    world.gateway.setBehaviour(CASE_GATEWAY_RULES);
    const empty = await world.open("migrate");
    await empty.store.migrate();
    await empty.close();
    const context = await world.open("write");
    print("Remit: three business days in simulated time. The bank, the gateway and the marketplace's own");
    print("system are played on this machine; nothing leaves it. Everything is kept in");
    print(`${FOLDER}/`);
    await tellEve(world, context);
    await tellDays(world, context);
    return await tellEnd(world, context);
  } finally {
    await world.stop();
  }
}

async function tellEve(world: World, context: Context): Promise<void> {
  printDay(EVE);
  const counts = await importMarket(world, context, SIZE);
  const of = (name: string, one: string) => counted(counts[name] ?? 0, one);
  printAt("20:00", `imported ${of("sellers", "seller")}, ${of("orders", "order")} with ${of("items", "item")}`);
  printAt("", `and ${of("transactions", "card transaction")}, ${of("captures", "capture")} made already`);
}

async function tellDays(world: World, context: Context): Promise<void> {
  const teller = new Teller(context);
  world.moveTo(FIRST, "00:15");
  let day = "";
  for await (const happened of liveThroughDays({ world, context, timetable: timetable(context), arrivals: ARRIVALS })) {
    if (happened.date !== day) printDay(happened.date);
    day = happened.date;
    const sentences = [...(await teller.tell(happened))];
    if (happened.at === "06:30" || happened.at === "09:10") sentences.push(...teller.tellNotifications());
    for (const [index, sentence] of sentences.entries()) printAt(index === 0 ? happened.at : "", sentence);
  }
}

async function tellEnd(world: World, context: Context): Promise<number> {
  const { db } = context.store;
  const totals = await totalsOf(db);
  const income = totals.captured + totals.cashedIn - totals.refunded;
  print("\nWhere every cent is");
  printAmounts([
    ["captured from the buyers' cards", totals.captured],
    ["collected elsewhere", totals.cashedIn],
    ["given back to buyers", -totals.refunded],
    "line",
    ["to be accounted for", income],
    "space",
    ["paid, and booked by the bank", totals.paid],
    ["in transit: in a file, not booked yet", totals.inTransit],
    ["held, each with its reason", totals.held + totals.reserved],
    ["available, debts taken off", totals.available],
    ["pending until the delay is over", totals.pending],
    ["the operator's fees", totals.operatorFees],
    ["the operator's own sales, not paid out yet", totals.operatorOwn],
    "line",
    ["accounted for", income - totals.difference],
    ["difference", totals.difference],
  ]);
  const faults = await faultsOf(world, db);
  print();
  print(`Checked: ${faults.length === 0 ? "every invariant holds" : counted(faults.length, "fault")}`);
  for (const fault of faults) printAt("", fault);
  await keepFiles(world, db);
  tellKeepsakes(world);
  return faults.length === 0 ? 0 : 1;
}

function tellKeepsakes(world: World): void {
  print(`\nWhat it made in ${FOLDER}/`);
  for (const { where, paths } of keepsakesOf(world)) {
    print(`  ${where}`);
    for (const path of paths) print(`    ${path}`);
  }
  print("\nTo look further");
  print(`  ${CONFIG} npm run -s remit -- transfers list --state RETURNED`);
  print(`  ${CONFIG} npm run -s remit -- orders show 20170412_58ee3c403c973`);
  print(`  ${CONFIG} npm run -s remit -- exceptions list`);
}

function printDay(date: string): void {
  const weekday = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" }).format(new Date(date));
  print(`\n${weekday} ${date}`);
}

process.exitCode = await demo();
