/** The floor of a settlement: the same items, the fewest statements that come to the same payouts, no checks and no history. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { FEE_SQL, inputLines, printFigures } from "./floor-parts.ts";
import { isHeldOrder, RESERVE_BASIS_POINTS } from "./settle-input.ts";

const [folder = "", , sellersPath = "", ordersPath = ""] = process.argv.slice(2);

const db = new Database(join(folder, "floor.db"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(`CREATE TABLE sellers (id INTEGER PRIMARY KEY, ref TEXT UNIQUE);
  CREATE TABLE items (id INTEGER PRIMARY KEY, seller INTEGER, amount INTEGER, held INTEGER, status TEXT);
  CREATE TABLE ledger (account TEXT, seller INTEGER, item INTEGER, amount INTEGER);
  CREATE TABLE payouts (seller INTEGER PRIMARY KEY, amount INTEGER, reserve INTEGER)`);
const ids = new Map<string, number>();
const addSeller = db.prepare("INSERT INTO sellers VALUES (?, ?)");
const addItem = db.prepare("INSERT INTO items VALUES (?, ?, ?, ?, 'CAPTURED')");
db.exec("BEGIN");
for await (const { id } of inputLines(sellersPath)) {
  ids.set(id, ids.size + 1);
  addSeller.run(ids.size, id);
}
let items = 0;
for await (const line of inputLines(ordersPath)) {
  if (line.type !== "order") continue;
  for (const { seller, amount } of line.items) {
    items += 1;
    addItem.run(items, ids.get(seller) ?? 0, amount, isHeldOrder(line.id) ? 1 : 0);
  }
}
db.exec("COMMIT");

const started = performance.now();
const reserve = `(sum(ledger.amount) * ${RESERVE_BASIS_POINTS} + 5000) / 10000`;
db.exec(`BEGIN;
  INSERT INTO ledger SELECT 'receivable', seller, id, -amount FROM items;
  INSERT INTO ledger SELECT 'fees', 0, id, ${FEE_SQL} FROM items;
  INSERT INTO ledger SELECT 'seller', seller, id, amount - ${FEE_SQL} FROM items;
  INSERT INTO payouts
    SELECT ledger.seller, sum(ledger.amount) - ${reserve}, ${reserve}
      FROM ledger JOIN items ON items.id = ledger.item
     WHERE account = 'seller' AND held = 0 GROUP BY ledger.seller;
  INSERT INTO ledger SELECT 'reserved', seller, 0, reserve FROM payouts;
  UPDATE items SET status = 'SETTLED' WHERE held = 0; COMMIT`);
const ms = performance.now() - started;
const { count, sum } = db.prepare("SELECT count(*) AS count, sum(amount) AS sum FROM payouts").get() as {
  count: number;
  sum: number;
};
db.close();
printFigures(ms, count, sum);
