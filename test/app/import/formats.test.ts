import { afterEach, describe, expect, it } from "vitest";
import { JsonSplitter } from "../../../src/app/import/json-splitter.ts";
import { briefly, type ImportWorld, importWorld, MARKETPLACE, ndjson, order, seller } from "./import-world.ts";

let world: ImportWorld;
afterEach(async () => world?.store.close());

const BASE = [MARKETPLACE, seller("a", { legalName: "Café “Ä”, Straße" })];
const ORDER = order("0012", [
  ["a", 600],
  ["a", 400],
]);

async function afterImport(name: string, text: string | Buffer): Promise<unknown> {
  world = await importWorld();
  const report = await world.importText(name, text);
  expect(report.findings).toEqual([]);
  const { db } = world.store;
  const orders = await db.selectFrom("orders").select(["ref", "amount", "content_hash"]).execute();
  const sellers = await db.selectFrom("sellers").select("legal_name").where("ref", "=", "a").execute();
  return { orders, sellers };
}

const CSV = {
  "sellers.csv": 'marketplace,id,legalName,iban\nm,a,"Café “Ä”, Straße",DE89370400440532013000\n',
  "orders.csv":
    "marketplace;id;amount;item.id;item.name;item.amount;item.seller\r\nm;0012;1000;i0;thing;600;a\r\nm;0012;1000;i1;thing;400;a\r\n",
};

describe("a file", () => {
  it("means the same in every format, so that a record imported from one is known from another", async () => {
    const all = [...BASE, ORDER];
    const { type: _type, ...market } = MARKETPLACE;
    const sections = { marketplaces: [market], sellers: BASE.slice(1), orders: [ORDER] };
    const fromLines = await afterImport("all.ndjson", ndjson(all));
    for (const [name, text] of [
      ["list.json", JSON.stringify(all)],
      ["sections.json", JSON.stringify(sections, null, 2)],
      ["crlf.jsonl", `\uFEFF${ndjson(all).replaceAll("\n", "\r\n")}\r\n`],
    ] as const) {
      expect(await world.importText(name, text), name).toMatchObject({ ok: true, counts: { known: 3 } });
    }
    for (const [name, text] of Object.entries(CSV)) {
      expect(await world.importText(name, text), name).toMatchObject({ ok: true, counts: { known: 1 } });
    }
    expect(fromLines).toMatchObject({
      orders: [{ ref: "0012", amount: 1000n }],
      sellers: [{ legal_name: "Café “Ä”, Straße" }],
    });
  });

  it.each<[string, string, string | Buffer, string[]]>([
    [
      "a number with a fraction, though it is nothing",
      "x.ndjson",
      '{"type":"cashin","amount":5.0}',
      ["AMOUNT_INVALID 1 amount"],
    ],
    ["an exponent", "x.ndjson", '{"type":"cashin","amount":5e2}', ["AMOUNT_INVALID 1 amount"]],
    [
      "a field given twice, once escaped",
      "x.ndjson",
      '{"type":"cashin","amount":5,"\\u0061mount":5}',
      ["FIELD_REPEATED 1 amount"],
    ],
    [
      "a field of an inner object given twice",
      "x.ndjson",
      '{"type":"order","items":[{"id":"a"},{"id":"a","id":"b"}]}',
      ["FIELD_REPEATED 1 items[1].id"],
    ],
    [
      "bytes that are not UTF-8",
      "x.ndjson",
      Buffer.from([123, 125, 10, 123, 0xe9, 125]),
      ["TYPE_UNKNOWN 1 type", "TEXT_NOT_UTF8 2"],
    ],
    ["a document that ends early", "x.json", '[\n{"type":"x"},\n', ["TYPE_UNKNOWN 2 type", "JSON_INVALID 3"]],
    ["text after the document", "x.json", "[]\n[]", ["JSON_INVALID 2"]],
    ["a list that holds something else", "x.json", "[1]", ["JSON_INVALID 1"]],
    ["a record of another kind than its list", "x.json", '{"orders":[{"type":"seller"}]}', ["TYPE_UNKNOWN 1 type"]],
    ["a list of no kind", "x.json", '{"payouts":[{}]}', ["TYPE_UNKNOWN 1 type"]],
    ["a row with another number of fields", "sellers.csv", "id,legalName\na\n", ["CSV_INVALID 2"]],
    ["a quote inside a field", "sellers.csv", 'id,legalName\na,o"n"e\n', ["CSV_INVALID 2"]],
    ["a quote that is never closed", "sellers.csv", 'id,legalName\na,"x\n', ["CSV_INVALID 2"]],
    ["a column twice", "sellers.csv", "id,id\n", ["CSV_INVALID 1"]],
    ["a column and one inside it", "sellers.csv", "id,address,address.town\n", ["CSV_INVALID 1"]],
    ["no kind in the name of a CSV file", "x.csv", "id\na\n", ["TYPE_UNKNOWN 2 type"]],
  ])("with %s is refused at its place", async (_says, name, text, expected) => {
    world = await importWorld();
    const found = briefly(await world.importText(name, text)).filter((one) => !one.startsWith("FIELD_MISSING"));
    expect(found).toEqual(expected);
  });

  it("may have decimals in percentages, and texts that look like numbers", async () => {
    const items = [{ id: "i", name: 'is 1.5: [2.5, "x":', discount: 5.5, tax: 20.0, amount: 7, seller: "a" }];
    await afterImport("all.ndjson", ndjson([...BASE, order("o", [], { amount: 7, items })]));
    expect(await world.store.db.selectFrom("items").select("name").execute()).toEqual([{ name: 'is 1.5: [2.5, "x":' }]);
  });

  it("takes quoted fields over several lines, and lists by number, from CSV", async () => {
    world = await importWorld();
    await world.importRecords([MARKETPLACE]);
    const csv = `marketplace,id,url,secret,events.0,events.1\nm,e,https://example.com/,whsec_${"A".repeat(32)},order,refund\n`;
    expect(await world.importText("endpoints.csv", csv)).toMatchObject({ ok: true, counts: { endpoints: 1 } });
    const { events } = await world.store.db.selectFrom("endpoints").select("events").executeTakeFirstOrThrow();
    expect(JSON.parse(events)).toEqual(["order", "refund"]);
    const broken = await world.importText("sellers.csv", 'marketplace,id,legalName\nm,a,"two\nlines"\nm,b\n');
    expect(briefly(broken)).toEqual(["FIELD_INVALID 2 legalName", "CSV_INVALID 4"]);
    expect(broken.findings.map(({ found }) => found)).toEqual(['"two\\nlines"', "2 fields"]);
  });

  it("never shows a card number, an account number or a secret", async () => {
    world = await importWorld();
    const card = "4111 1111 1111 1111";
    const records = [
      MARKETPLACE,
      seller("a", { legalName: `paid by ${card}`, [card]: 1 }),
      seller("b", { iban: "DE89370400440532013001", legalName: "x\u0007 DE89370400440532013000" }),
      { type: "token", marketplace: "m", id: "t", state: "SUCCEEDED", gatewayToken: card.replaceAll(" ", "") },
      {
        type: "endpoint",
        marketplace: "m",
        id: "e",
        url: "https://user:hunter2@example.com",
        secret: "hunter2-secret",
      },
    ];
    const report = await world.importRecords(records);
    expect(briefly(report)).toContain("CARD_NUMBER 2 legalName");
    expect(briefly(report)).toContain("CARD_NUMBER 4 gatewayToken");
    const said = JSON.stringify(report.findings);
    for (const secret of ["4111 1111", "41111111", "370400440532", "hunter2"]) expect(said).not.toContain(secret);
  });
});

describe("the splitter", () => {
  it("finds the same records however the bytes are cut into blocks", () => {
    const text = '{ "orders": [ {"a":"}]\\"{"},\n{"b":[{}, "x"]} ], "sellers":[]}';
    const cut = (size: number) => {
      const splitter = new JsonSplitter();
      const bytes = Buffer.from(text);
      const pieces = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(...splitter.push(bytes.subarray(at, at + size)));
      splitter.end();
      return {
        pieces: pieces.map((piece) => [piece.section, piece.line, piece.bytes.toString()]),
        problem: splitter.problem,
      };
    };
    const whole = cut(1000);
    expect(whole).toEqual({
      pieces: [
        ["orders", 1, '{"a":"}]\\"{"}'],
        ["orders", 2, '{"b":[{}, "x"]}'],
      ],
      problem: undefined,
    });
    for (let size = 1; size < text.length; size += 1) expect(cut(size), `blocks of ${size}`).toEqual(whole);
  });
});
