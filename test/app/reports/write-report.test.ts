import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderName, writeReport } from "../../../src/app/reports/write-report.ts";
import { tempDir } from "../../support/temp-dir.ts";

it("replaces a report as a whole and leaves nothing beside it", async () => {
  const folder = tempDir();
  const path = join(folder, "a", "b", "x.csv");
  await writeReport(path, ["old"]);
  await writeReport(path, ["new ", "bytes"]);
  expect(readFileSync(path, "utf8")).toBe("new bytes");
  expect(readdirSync(join(folder, "a", "b"))).toEqual(["x.csv"]);
});

it("keeps the report before when the new one breaks off", async () => {
  const folder = tempDir();
  const path = join(folder, "x.csv");
  writeFileSync(path, "whole");
  async function* broken() {
    yield "half ".repeat(50_000);
    throw new Error("the store is gone");
  }
  await expect(writeReport(path, broken())).rejects.toThrow("the store is gone");
  expect(readFileSync(path, "utf8")).toBe("whole");
  expect(readdirSync(folder)).toEqual(["x.csv"]);
});

it.each([
  ["bazaar", "bazaar"],
  ["a/b", "a_2fb"],
  ["../../etc", ".._2f.._2fetc"],
  ["..", "_2e_2e"],
  [".", "_2e"],
  ["a b", "a_20b"],
  ["a_b", "a_5fb"],
  ["shop.com", "shop.com"],
  ["C:\\x", "C_3a_5cx"],
])("makes one folder of an id: %s is %s", (ref, folder) => {
  expect(folderName(ref)).toBe(folder);
});
