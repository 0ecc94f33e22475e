/** Every migration in order: appended to, never edited. */
import { marketplacesAndOrders } from "./0001-marketplaces-and-orders.ts";
import { moneyTables } from "./0002-money.ts";
import { exchangeTables } from "./0003-exchange.ts";
import type { Migration } from "./migration.ts";

export const MIGRATIONS: readonly Migration[] = [marketplacesAndOrders, moneyTables, exchangeTables];

/** The schema version this program works with. */
export const SCHEMA_VERSION = MIGRATIONS.length;
