import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { HOLD_REASONS } from "../../src/domain/hold-reason.ts";
import { SELLER_BUCKETS } from "../../src/domain/ledger.ts";
import { packageFile } from "../../src/package-file.ts";
import { type Fields, type MoneyWorld, moneyWorld } from "../app/settlement/money-world.ts";

const TEXT = readFileSync(packageFile("docs/settlement.md"), "utf8");
const section = (title: string) => TEXT.split(/^## /m).find((part) => part.startsWith(title)) ?? "";
const rows = (title: string) => [...section(title).matchAll(/^\| (`.+?) \|/gm)].map(([, cell = ""]) => cell);
/** Names in the first column, without those that stand after a colon or in the heading. */
const namesIn = (title: string) =>
  rows(title).flatMap((cell) =>
    /\[\]|`settlement`/.test(cell) ? [] : [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
  );

const example = JSON.parse(/```json\n(.+?)```/s.exec(TEXT)?.[1] ?? "") as Fields & {
  readonly settlement: Fields;
  readonly fees: readonly Fields[];
};
let world: MoneyWorld;
afterAll(() => world.context.store.close());

it("gives an example that is imported as it stands, with every field that is explained", async () => {
  world = await moneyWorld([example]);
  expect(Object.keys(example.settlement).sort()).toEqual(namesIn("When").sort());
  expect(new Set(example.fees.flatMap((rule) => Object.keys(rule)))).toEqual(new Set(namesIn("Fees")));
});

it.each([
  ["When", { settlement: { odd: 1 } }],
  ["Fees", { fees: [{ odd: 1 }] }],
])("explains under %s every field that an import knows", async (title, changed) => {
  const told = await world.import([{ ...example, ...changed }]);
  const [, known = ""] = told.find((line) => line.startsWith("FIELD_UNKNOWN"))?.split("-> ") ?? [];
  expect(known.split(", ").sort()).toEqual(namesIn(title).sort());
});

it("names every reason of a hold and every bucket of a seller, in their order", () => {
  expect(namesIn("Why")).toEqual(Object.keys(HOLD_REASONS));
  expect(namesIn("Where")).toEqual([...SELLER_BUCKETS]);
});
