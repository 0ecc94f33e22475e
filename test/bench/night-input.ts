/** The night benchmark's input: one marketplace, its sellers, and captured orders, written as the NDJSON that `remit import` takes. */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";

export interface NightSize {
  readonly sellers: number;
  readonly orders: number;
  readonly itemsPerOrder: number;
}

export interface NightInput {
  readonly marketplace: string;
  readonly sellers: string;
  readonly orders: string;
}

export const CAPTURED_ON = "2026-11-18";
/** Basis points and minor units of the one fee rule. */
export const FEE = { basisPoints: 850n, fixed: 25n } as const;

/** A valid French IBAN for a number: the check digits by ISO 7064 mod 97-10. */
export function frenchIban(number: number): string {
  const bban = `2004101005${String(number).padStart(11, "0")}26`;
  const remainder = [...`${bban}152700`].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0);
  return `FR${String(98 - remainder).padStart(2, "0")}${bban}`;
}

export const amountOf = (item: number): number => 500 + ((item * 7_919) % 9_500);

export async function writeNightInput(folder: string, size: NightSize): Promise<NightInput> {
  const paths = {
    marketplace: join(folder, "marketplace.ndjson"),
    sellers: join(folder, "sellers.ndjson"),
    orders: join(folder, "orders.ndjson"),
  };
  await writeLines(paths.marketplace, [
    {
      type: "marketplace",
      id: "bench",
      name: "Bench Market",
      currency: "EUR",
      debtor: { name: "Bench Market", iban: frenchIban(99_999_999) },
      bank: "bench",
      profile: "sepa",
      gateway: "bench",
      integrationMode: "PAYMENT_AND_REFUND",
      settlement: { delayDays: 1, delayCounts: "CALENDAR_DAYS", minimumPayout: 1 },
      fees: [{ basisPoints: Number(FEE.basisPoints), fixed: Number(FEE.fixed) }],
    },
  ]);
  await writeLines(paths.sellers, sellersOf(size));
  await writeLines(paths.orders, ordersOf(size));
  return paths;
}

function* sellersOf({ sellers }: NightSize): Generator<object> {
  for (let seller = 0; seller < sellers; seller += 1) {
    yield {
      type: "seller",
      marketplace: "bench",
      id: `S${seller}`,
      legalName: `Seller ${seller}`,
      iban: frenchIban(seller),
      onboarding: "VALIDATED",
    };
  }
}

function* ordersOf({ sellers, orders, itemsPerOrder }: NightSize): Generator<object> {
  for (let order = 0; order < orders; order += 1) {
    const items = Array.from({ length: itemsPerOrder }, (_, index) => {
      const item = order * itemsPerOrder + index;
      return { id: `I${item}`, name: "Item", quantity: 1, amount: amountOf(item), seller: `S${(item * 31) % sellers}` };
    });
    const amount = items.reduce((sum, item) => sum + item.amount, 0);
    yield { type: "order", marketplace: "bench", id: `O${order}`, amount, currency: "EUR", items };
    yield {
      type: "transaction",
      marketplace: "bench",
      id: `T${order}`,
      order: `O${order}`,
      amount,
      currency: "EUR",
      status: "CAPTURED",
      captureOn: CAPTURED_ON,
      capturedAt: `${CAPTURED_ON}T10:00:00Z`,
    };
  }
}

async function writeLines(path: string, records: Iterable<object>): Promise<void> {
  const stream = createWriteStream(path);
  let chunk = "";
  for (const record of records) {
    chunk += `${JSON.stringify(record)}\n`;
    if (chunk.length > 1_000_000) {
      if (!stream.write(chunk)) await once(stream, "drain");
      chunk = "";
    }
  }
  stream.end(chunk);
  await once(stream, "close");
}
