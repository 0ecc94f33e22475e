/** The floor of a night: the same input, the fewest statements that do it, no checks and no history. Prints its figures as JSON. */
import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { FEE } from "./night-input.ts";

const [folder = "", , sellersPath = "", ordersPath = ""] = process.argv.slice(2);
const ROWS_AT_ONCE = 1_000;

interface Line {
  readonly type: string;
  readonly id: string;
  readonly iban: string;
  readonly items: readonly { readonly id: string; readonly amount: number; readonly seller: string }[];
}

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
for await (const text of createInterface({ input: createReadStream(sellersPath) })) {
  const line = JSON.parse(text) as Line;
  sellerIds.set(line.id, sellerIds.size + 1);
  addSeller.run(sellerIds.size, line.id, line.iban);
}
const addMany = db.prepare(`INSERT INTO items VALUES ${Array(ROWS_AT_ONCE).fill("(?, ?, ?, ?, 'CAPTURED')").join()}`);
const addOne = db.prepare("INSERT INTO items VALUES (?, ?, ?, ?, 'CAPTURED')");
let pending: (string | number)[] = [];
let items = 0;
for await (const text of createInterface({ input: createReadStream(ordersPath) })) {
  const line = JSON.parse(text) as Line;
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

const fee = `((amount * ${FEE.basisPoints} + 5000) / 10000 + ${FEE.fixed})`;
db.exec(`BEGIN;
  INSERT INTO ledger SELECT 'receivable', seller, id, -amount FROM items;
  INSERT INTO ledger SELECT 'fees', 0, id, ${fee} FROM items;
  INSERT INTO ledger SELECT 'seller', seller, id, amount - ${fee} FROM items;
  INSERT INTO payouts SELECT seller, 'P' || seller, sum(amount), 'IN_FILE' FROM ledger WHERE account = 'seller' GROUP BY seller;
  UPDATE items SET status = 'IN_FILE'; COMMIT`);

const rows = db
  .prepare("SELECT e2e, amount, ref, iban FROM payouts JOIN sellers ON sellers.id = payouts.seller ORDER BY seller")
  .all() as { e2e: string; amount: number; ref: string; iban: string }[];
const sum = rows.reduce((total, row) => total + row.amount, 0);
const transfers = rows.map(
  ({ e2e, amount, ref, iban }) =>
    `<CdtTrfTxInf><PmtId><EndToEndId>${e2e}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">${(amount / 100).toFixed(2)}</InstdAmt></Amt><Cdtr><Nm>${ref}</Nm></Cdtr><CdtrAcct><Id><IBAN>${iban}</IBAN></Id></CdtrAcct></CdtTrfTxInf>`,
);
writeFileSync(
  join(folder, "floor.xml"),
  `<Document><GrpHdr><NbOfTxs>${rows.length}</NbOfTxs><CtrlSum>${(sum / 100).toFixed(2)}</CtrlSum></GrpHdr>${transfers.join("")}</Document>`,
);
const ms = performance.now() - started;
db.close();
process.stdout.write(
  JSON.stringify({
    ms,
    total: `${rows.length} transfers, ${sum} cents`,
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
