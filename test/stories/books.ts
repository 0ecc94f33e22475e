/** The end of every story: nobody has anything to object. */
import { expect } from "vitest";
import { faultsOf } from "../../src/demo/witnesses.ts";
import type { World } from "../../src/demo/world.ts";
import type { Queries } from "../../src/store/store.ts";

export async function assertBooks(world: World, db: Queries): Promise<void> {
  expect(await faultsOf(world, db)).toEqual([]);
}
