import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MOVEMENT_TEXT } from "../../../src/app/reports/render-seller-statements.ts";
import {
  type StatementHead,
  type StatementLimits,
  type StatementPart,
  sellerStatements,
} from "../../../src/app/reports/seller-statements.ts";
import { writeSellerStatement } from "../../../src/app/write-seller-statement.ts";
import { MOVEMENTS, SELLER_BUCKETS } from "../../../src/domain/ledger.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { DAY, MARKETPLACE, type PlantedMarket } from "./planted-market.ts";
import { threeDays } from "./three-days.ts";

const scratch = tempDir();
let market: PlantedMarket;
let marketplaceId: bigint;

beforeAll(async () => {
  market = await threeDays();
  const row = await market.context.store.db.selectFrom("marketplaces").select("id").executeTakeFirstOrThrow();
  marketplaceId = row.id;
});

afterAll(() => market.close());

async function parts(businessDate: string, limits?: StatementLimits): Promise<StatementPart[]> {
  const all: StatementPart[] = [];
  for await (const part of sellerStatements(market.context.store.db, { marketplaceId, businessDate }, scratch, limits))
    all.push(part);
  return all;
}

it.each(Object.values(DAY).slice(1))(
  "add up bucket by bucket on %s: opening and movements are the closing balance",
  async (date) => {
    let head: StatementHead | undefined;
    const sums = new Map<StatementHead, Record<string, bigint>>();
    for (const part of await parts(date)) {
      if (part.kind === "head") {
        head = part;
        sums.set(part, Object.fromEntries(SELLER_BUCKETS.map((bucket) => [bucket, part.opening[bucket].minor])));
      } else if (head !== undefined) {
        const sum = sums.get(head) ?? {};
        for (const bucket of SELLER_BUCKETS) sum[bucket] = (sum[bucket] ?? 0n) + part.change[bucket].minor;
      }
    }
    expect(sums.size).toBeGreaterThan(5);
    for (const [{ closing }, sum] of sums) {
      for (const bucket of SELLER_BUCKETS) expect(sum[bucket]).toBe(closing[bucket].minor);
    }
  },
);

it("open each day where the day before closed", async () => {
  const heads = async (date: string) => (await parts(date)).filter((part) => part.kind === "head");
  const before = new Map((await heads(DAY.second)).map(({ seller, closing }) => [seller, closing]));
  const after = await heads(DAY.third);
  expect(after.length).toBeGreaterThan(5);
  for (const { seller, opening } of after) if (before.has(seller)) expect(opening).toEqual(before.get(seller));
});

it.each([
  { sellers: 1, sides: 1, waiting: 1 },
  { sellers: 2, sides: 4, waiting: 300 },
  { sellers: 3, sides: 7, waiting: 1_000 },
  { sellers: 100, sides: 5, waiting: 1_000_000 },
])(
  "are the same however little fits in memory: $sellers sellers, $sides sides, $waiting characters",
  async (limits) => {
    expect(await parts(DAY.second, limits)).toEqual(await parts(DAY.second));
    expect(readdirSync(scratch)).toEqual([]);
  },
);

it("name the order and item of a sale with its gross and fee", async () => {
  const lines = (await parts(DAY.second)).filter((part) => part.kind === "line");
  expect(lines.find(({ movement, order }) => movement === "SALE_CAPTURED" && order === "P-1")).toMatchObject({
    item: "P-1-1",
    gross: { minor: 8_931n },
    fee: { minor: 893n },
    change: { PENDING: { minor: 8_038n } },
  });
});

it("have a word for every movement of the ledger", () => {
  expect(Object.keys(MOVEMENTS).filter((movement) => MOVEMENT_TEXT[movement] === undefined)).toEqual([]);
});

it.each([
  [{ marketplace: "nowhere", seller: "closed" }, "nowhere"],
  [{ marketplace: MARKETPLACE, seller: "nobody" }, "nobody"],
])("are refused for what does not exist: %j", async (request, named) => {
  await expect(writeSellerStatement(market.context, { ...request, businessDate: DAY.second })).rejects.toThrow(named);
});
