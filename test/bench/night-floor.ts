/** The floor of a night: the same input, the fewest statements that do it, no checks and no history. Prints its figures as JSON. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { FEE_SQL, inputLines, type Payout, payoutFile, printFigures, sumOf } from "./floor-parts.ts";

const [folder = "", , sellersPath = "", ordersPath = ""] = process.argv.slice(2);
const ROWS_AT_ONCE = 1_000;

const db = new Database(join(folder, "floor.db"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(`CREATE TABLE sellers (id INTEGER PRIMARY KEY, ref TEXT UNIQUE, iban TEXT);
  CREATE TABLE items (id INTEGER PRIMARY KEY, ref TEXT, seller INTEGER, amount INTEGER, status TEXT);
  CREATE TABLE ledger (account TEXT, seller INTEGER, item INTEGER, amount INTEGER);
  CREATE TABLE payouts (seller INTEGER PRIMARY KEY, e2e TEXT, amount INTEGER, status TEXT)`);

const started = performance.now();
const sellerIds = new Map<string, number>();
const addSeller = db.prepare("INSERT INTO sellers VALUES (?, ?, ?)");
db.exec("BEGIN");
for await (const line of inputLines(sellersPath)) {
  sellerIds.set(line.id, sellerIds.size + 1);
  addSeller.run(sellerIds.size, line.id, line.iban);
}
const addMany = db.prepare(`INSERT INTO items VALUES ${Array(ROWS_AT_ONCE).fill("(?, ?, ?, ?, 'CAPTURED')").join()}`);
const addOne = db.prepare("INSERT INTO items VALUES (?, ?, ?, ?, 'CAPTURED')");
let pending: (string | number)[] = [];
let items = 0;
for await (const line of inputLines(ordersPath)) {
  if (line.type !== "order") continue;
  for (const item of line.items) {
    items += 1;
    pending.push(items, item.id, sellerIds.get(item.seller) ?? 0, item.amount);
    if (pending.length === ROWS_AT_ONCE * 4) {
      addMany.run(pending);
      pending = [];
    }
  }
}
for (let start = 0; start < pending.length; start += 4) addOne.run(pending.slice(start, start + 4));
db.exec("COMMIT; CREATE UNIQUE INDEX items_ref ON items (ref)");

db.exec(`BEGIN;
  INSERT INTO ledger SELECT 'receivable', seller, id, -amount FROM items;
  INSERT INTO ledger SELECT 'fees', 0, id, ${FEE_SQL} FROM items;
  INSERT INTO ledger SELECT 'seller', seller, id, amount - ${FEE_SQL} FROM items;
  INSERT INTO payouts SELECT seller, 'P' || seller, sum(amount), 'IN_FILE' FROM ledger WHERE account = 'seller' GROUP BY seller;
  UPDATE items SET status = 'IN_FILE'; COMMIT`);

const payouts = db
  .prepare("SELECT e2e, amount, ref, iban FROM payouts JOIN sellers ON sellers.id = payouts.seller ORDER BY seller")
  .all() as Payout[];
writeFileSync(join(folder, "floor.xml"), payoutFile(payouts));
const ms = performance.now() - started;
db.close();
printFigures(ms, payouts.length, sumOf(payouts));
