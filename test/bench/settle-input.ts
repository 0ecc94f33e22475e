/** The input of the settlement benchmark: the night's, with a rolling reserve and every fiftieth order held. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NightInput, type NightSize, writeNightInput } from "./night-input.ts";

export const RESERVE_BASIS_POINTS = 500;
const HELD_EVERY = 50;

export interface SettleInput extends NightInput {
  readonly holds: string;
}

export function isHeldOrder(id: string): boolean {
  return Number(id.slice(1)) % HELD_EVERY === 0;
}

export async function writeSettleInput(folder: string, size: NightSize): Promise<SettleInput> {
  const input = await writeNightInput(folder, size);
  const marketplace = JSON.parse(readFileSync(input.marketplace, "utf8")) as { readonly settlement: object };
  const settlement = { ...marketplace.settlement, reserve: { basisPoints: RESERVE_BASIS_POINTS, days: 30 } };
  writeFileSync(input.marketplace, JSON.stringify({ ...marketplace, settlement }));
  const holds = join(folder, "holds.ndjson");
  const held = Array.from({ length: Math.ceil(size.orders / HELD_EVERY) }, (_, index) =>
    JSON.stringify({ type: "hold", marketplace: "bench", order: `O${index * HELD_EVERY}`, reason: "ITEM_HELD" }),
  );
  writeFileSync(holds, held.join("\n"));
  return { ...input, holds };
}
