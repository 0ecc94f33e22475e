/** The floor of a night on PostgreSQL: the same input, the fewest statements that do it, no checks and no history. Prints its figures as JSON. */
import { createReadStream, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { copyIn } from "../../src/store/postgres/copy-in.ts";
import { FEE } from "./night-input.ts";

const [url = "", , sellersPath = "", ordersPath = ""] = process.argv.slice(2);
const CHUNK_CHARACTERS = 131_072;

interface Line {
  readonly type: string;
  readonly id: string;
  readonly iban: string;
  readonly items: readonly { readonly id: string; readonly amount: number; readonly seller: string }[];
}

const db = new Client(url);
await db.connect();
await db.query(`CREATE TABLE sellers (id BIGINT PRIMARY KEY, ref TEXT UNIQUE, iban TEXT);
  CREATE TABLE items (id BIGINT PRIMARY KEY, ref TEXT, seller BIGINT, amount BIGINT, status TEXT) WITH (fillfactor = 50);
  CREATE TABLE ledger (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account TEXT, seller BIGINT, item BIGINT, amount BIGINT);
  CREATE TABLE payouts (seller BIGINT PRIMARY KEY, e2e TEXT, amount BIGINT, status TEXT)`);

async function* lines(path: string): AsyncGenerator<Line> {
  for await (const text of createInterface({ input: createReadStream(path) })) yield JSON.parse(text) as Line;
}

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
  for await (const { id, iban } of lines(sellersPath)) {
    sellerIds.set(id, sellerIds.size + 1);
    yield `${sellerIds.size}\t${id}\t${iban}\n`;
  }
}
async function* items(): AsyncGenerator<string> {
  let count = 0;
  for await (const line of lines(ordersPath)) {
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

const fee = `((amount * ${FEE.basisPoints} + 5000) / 10000 + ${FEE.fixed})`;
await db.query(`BEGIN;
  INSERT INTO ledger (account, seller, item, amount) SELECT 'receivable', seller, id, -amount FROM items;
  INSERT INTO ledger (account, seller, item, amount) SELECT 'fees', 0, id, ${fee} FROM items;
  INSERT INTO ledger (account, seller, item, amount) SELECT 'seller', seller, id, amount - ${fee} FROM items;
  INSERT INTO payouts SELECT seller, 'P' || seller, sum(amount), 'IN_FILE' FROM ledger WHERE account = 'seller' GROUP BY seller;
  UPDATE items SET status = 'IN_FILE'; COMMIT`);

const { rows } = await db.query<{ e2e: string; amount: string; ref: string; iban: string }>(
  "SELECT e2e, amount, ref, iban FROM payouts JOIN sellers ON sellers.id = payouts.seller ORDER BY seller",
);
const sum = rows.reduce((total, row) => total + Number(row.amount), 0);
const transfers = rows.map(
  ({ e2e, amount, ref, iban }) =>
    `<CdtTrfTxInf><PmtId><EndToEndId>${e2e}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">${(Number(amount) / 100).toFixed(2)}</InstdAmt></Amt><Cdtr><Nm>${ref}</Nm></Cdtr><CdtrAcct><Id><IBAN>${iban}</IBAN></Id></CdtrAcct></CdtTrfTxInf>`,
);
writeFileSync(
  join(tmpdir(), "remit-night-floor.xml"),
  `<Document><GrpHdr><NbOfTxs>${rows.length}</NbOfTxs><CtrlSum>${(sum / 100).toFixed(2)}</CtrlSum></GrpHdr>${transfers.join("")}</Document>`,
);
const ms = performance.now() - started;
await db.end();
process.stdout.write(
  JSON.stringify({
    ms,
    total: `${rows.length} transfers, ${sum} cents`,
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
