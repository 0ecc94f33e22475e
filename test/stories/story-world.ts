/** A world of its own for a story: an empty store, the cases' rules at bank and gateway, the marketplace imported. */
import { join } from "node:path";
import { CASE_BANK_RULES, CASE_GATEWAY_RULES } from "../../src/demo/cases.ts";
import { importMarket } from "../../src/demo/import-market.ts";
import { EVE, type MarketSize } from "../../src/demo/market.ts";
import { startWorld, type World, type WorldOptions, ZONE } from "../../src/demo/world.ts";
import { instantOf } from "../../src/domain/calendar.ts";
import { tempDir } from "../support/temp-dir.ts";

export interface StoryOptions extends WorldOptions {
  readonly size: MarketSize;
}

/** It is the evening before the first business day. The engine is not open. */
export async function storyWorld({ size, ...options }: StoryOptions): Promise<World> {
  const folder = join(tempDir("remit-story-"), "world");
  const world = await startWorld(folder, instantOf(EVE, "20:00", ZONE), options);
  world.bank.brain.setBehaviour(CASE_BANK_RULES);
  world.gateway.setBehaviour(CASE_GATEWAY_RULES);
  const empty = await world.open("migrate");
  await empty.store.migrate();
  await empty.close();
  const context = await world.open("write");
  await importMarket(world, context, size);
  await context.close();
  return world;
}
