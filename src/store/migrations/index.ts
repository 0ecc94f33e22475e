/** Every migration in order: appended to, never edited. */
import { marketplacesAndOrders } from "./0001-marketplaces-and-orders.ts";
import { moneyTables } from "./0002-money.ts";
import { exchangeTables } from "./0003-exchange.ts";
import { policiesAndOperations } from "./0004-policies-and-operations.ts";
import { journalSeals } from "./0005-journal-seals.ts";
import { journalSpans } from "./0006-journal-spans.ts";
import { settlementColumns } from "./0007-settlement-columns.ts";
import { handOffTables } from "./0008-hand-off.ts";
import { inboundExchange } from "./0009-inbound.ts";
import { matchingByPages } from "./0010-matching-by-pages.ts";
import type { Migration } from "./migration.ts";

export const MIGRATIONS: readonly Migration[] = [
  marketplacesAndOrders,
  moneyTables,
  exchangeTables,
  policiesAndOperations,
  journalSeals,
  journalSpans,
  settlementColumns,
  handOffTables,
  inboundExchange,
  matchingByPages,
];

/** The schema version this program works with. */
export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;
