/** The floor of a night on PostgreSQL: the same input, the fewest statements that do it, no checks and no history. Prints its figures as JSON. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { copyIn } from "../../src/store/postgres/copy-in.ts";
import { FEE_SQL, inputLines, type Payout, payoutFile, printFigures, sumOf } from "./floor-parts.ts";

const [url = "", , sellersPath = "", ordersPath = ""] = process.argv.slice(2);
const CHUNK_CHARACTERS = 131_072;

const db = new Client(url);
await db.connect();
await db.query(`CREATE TABLE sellers (id BIGINT PRIMARY KEY, ref TEXT UNIQUE, iban TEXT);
  CREATE TABLE items (id BIGINT PRIMARY KEY, ref TEXT, seller BIGINT, amount BIGINT, status TEXT) WITH (fillfactor = 50);
  CREATE TABLE ledger (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account TEXT, seller BIGINT, item BIGINT, amount BIGINT);
  CREATE TABLE payouts (seller BIGINT PRIMARY KEY, e2e TEXT, amount BIGINT, status TEXT)`);

/** Sends rows by COPY as they come. */
async function load(table: string, columns: string, rows: AsyncIterable<string>): Promise<void> {
  let text = "";
  const send = () => copyIn(db, `COPY ${table} (${columns}) FROM STDIN`, [Buffer.from(text)]);
  for await (const row of rows) {
    text += row;
    if (text.length < CHUNK_CHARACTERS * 16) continue;
    await send();
    text = "";
  }
  await send();
}

const started = performance.now();
const sellerIds = new Map<string, number>();
await db.query("BEGIN");
async function* sellers(): AsyncGenerator<string> {
  for await (const { id, iban } of inputLines(sellersPath)) {
    sellerIds.set(id, sellerIds.size + 1);
    yield `${sellerIds.size}\t${id}\t${iban}\n`;
  }
}
async function* items(): AsyncGenerator<string> {
  let count = 0;
  for await (const line of inputLines(ordersPath)) {
    if (line.type !== "order") continue;
    let rows = "";
    for (const item of line.items) {
      count += 1;
      rows += `${count}\t${item.id}\t${sellerIds.get(item.seller) ?? 0}\t${item.amount}\tCAPTURED\n`;
    }
    yield rows;
  }
}
await load("sellers", "id, ref, iban", sellers());
await load("items", "id, ref, seller, amount, status", items());
await db.query("COMMIT");
await db.query("CREATE UNIQUE INDEX items_ref ON items (ref)");

await db.query(`BEGIN;
  INSERT INTO ledger (account, seller, item, amount) SELECT 'receivable', seller, id, -amount FROM items;
  INSERT INTO ledger (account, seller, item, amount) SELECT 'fees', 0, id, ${FEE_SQL} FROM items;
  INSERT INTO ledger (account, seller, item, amount) SELECT 'seller', seller, id, amount - ${FEE_SQL} FROM items;
  INSERT INTO payouts SELECT seller, 'P' || seller, sum(amount), 'IN_FILE' FROM ledger WHERE account = 'seller' GROUP BY seller;
  UPDATE items SET status = 'IN_FILE'; COMMIT`);

const { rows: payouts } = await db.query<Payout>(
  "SELECT e2e, amount, ref, iban FROM payouts JOIN sellers ON sellers.id = payouts.seller ORDER BY seller",
);
const folder = mkdtempSync(join(tmpdir(), "remit-night-floor-"));
writeFileSync(join(folder, "floor.xml"), payoutFile(payouts));
const ms = performance.now() - started;
rmSync(folder, { recursive: true });
await db.end();
printFigures(ms, payouts.length, sumOf(payouts));
