/** A marketplace of any size with everything that happens on one in three days: the same for the same seed, everywhere. */
import { SEPA_COUNTRIES, sepaIban } from "./sepa-ibans.ts";

/** One record of an import file, as `remit import` reads it. */
export type GeneratedRecord = Readonly<Record<string, unknown>> & { readonly type: string };

export interface SampleSize {
  readonly sellers: number;
  readonly orders: number;
  readonly seed: number;
}

export const DEFAULT_SIZE: SampleSize = { sellers: 250, orders: 5_000, seed: 20_261_117 };
export const SAMPLE_MARKETPLACE = "grand-bazar";
export const SAMPLE_DAYS = ["2026-11-17", "2026-11-18", "2026-11-19"] as const;

const CATEGORIES = ["books", "home", "garden", "fashion", "toys", "food"] as const;
const GOODS = ["lamp", "teapot", "notebook", "bicycle bell", "olive oil", "wall clock", "scarf", "chess set"] as const;
const SHOPS = ["Atelier", "Casa", "Werkstatt", "Comptoir", "Bottega", "Jardin", "Taller", "Huis"] as const;
const TOWNS = ["Lyon", "Köln", "Sevilla", "Bologna", "Utrecht", "Gent", "Porto", "Graz", "Cork", "Turku"] as const;
const base = { marketplace: SAMPLE_MARKETPLACE } as const;

/** In an order in which every record names only records before it. Refunds and cashins come last. */
export function* sampleRecords(size: SampleSize = DEFAULT_SIZE): Generator<GeneratedRecord> {
  const random = wholeNumbers(size.seed);
  yield marketplace();
  for (let n = 1; n <= size.sellers; n += 1) yield seller(n);
  const refunds: GeneratedRecord[] = [];
  for (let n = 1; n <= size.orders; n += 1) {
    const sale = sampleOrder(n, size.sellers, random);
    yield sale.order;
    yield* payment(n, sale);
    if (n % 40 === 20) refunds.push(refund(n, sale));
  }
  yield* refunds;
  for (let n = 1; n <= size.sellers; n += 50) {
    yield {
      type: "cashin",
      ...base,
      id: `VOUCHERS-${n}`,
      seller: sellerId(n),
      amount: 10_000 + n,
      date: SAMPLE_DAYS[2],
    };
  }
}

function marketplace(): GeneratedRecord {
  return {
    type: "marketplace",
    id: SAMPLE_MARKETPLACE,
    name: "Grand Bazar",
    currency: "EUR",
    zone: "Europe/Paris",
    debtor: { name: "Grand Bazar SAS", iban: sepaIban("FR", 1) },
    bank: "sandbox",
    profile: "sandbox",
    gateway: "sandbox",
    integrationMode: "MULTI_CAPTURE",
    settlement: { delayDays: 1, delayCounts: "CALENDAR_DAYS", minimumPayout: 500 },
    fees: [
      { basisPoints: 1_200, fixed: 25 },
      { category: "books", basisPoints: 800, fixed: 0, minimum: 20 },
      { seller: "OPERATOR", basisPoints: 0, fixed: 0 },
    ],
    operator: { name: "Grand Bazar SAS", iban: sepaIban("FR", 2) },
  };
}

/** One seller in 25 has given no account, one in 20 is not validated yet. */
function seller(n: number): GeneratedRecord {
  const country = pick(SEPA_COUNTRIES, n);
  const name = `${pick(SHOPS, n)} ${pick(TOWNS, Math.floor(n / SHOPS.length))} ${n}`;
  return {
    type: "seller",
    ...base,
    id: sellerId(n),
    legalName: name,
    ...(n % 25 === 0 ? {} : { iban: sepaIban(country, 1_000 + n) }),
    address: { country, town: pick(TOWNS, n) },
    onboarding: n % 20 === 7 ? "PENDING_VALIDATION" : "VALIDATED",
  };
}

interface Sale {
  readonly id: string;
  readonly day: string;
  readonly amount: number;
  readonly firstSeller: string;
  readonly firstSellersPart: number;
  readonly order: GeneratedRecord;
}

function sampleOrder(n: number, sellers: number, random: () => number): Sale {
  const id = `GB-${String(n).padStart(6, "0")}`;
  const day = pick(SAMPLE_DAYS, n);
  // One to three sellers a cart; every tenth cart has something of the operator's own.
  const cart = Array.from({ length: 1 + (random() % 3) }, () => sellerId(1 + (random() % sellers)));
  if (n % 10 === 0) cart.push("OPERATOR");
  const items = cart
    .flatMap((ref) => Array.from({ length: 1 + (random() % 2) }, () => ref))
    .map((ref, index) => {
      const quantity = 1 + (random() % 3);
      const price = n % 30 === 4 ? 20 + (random() % 60) : 250 + (random() % 12_000);
      const goods = { name: pick(GOODS, random()), category: pick(CATEGORIES, random()), price, quantity };
      return { id: `${id}-${index + 1}`, ...goods, amount: price * quantity, seller: ref, tax: 20 };
    });
  const amount = items.reduce((sum, item) => sum + item.amount, 0);
  const firstSeller = items[0]?.seller ?? "OPERATOR";
  const own = items.filter((item) => item.seller === firstSeller);
  return {
    id,
    day,
    amount,
    firstSeller,
    firstSellersPart: own.reduce((sum, item) => sum + item.amount, 0),
    order: { type: "order", ...base, id, amount, createdAt: `${day}T${clockTime(n)}Z`, items },
  };
}

/** What becomes of the payment of the n-th order: most are authorised and due, some in every other way. */
function* payment(n: number, { id, day, amount }: Sale): Generator<GeneratedRecord> {
  const authorisedAt = `${day}T${clockTime(n + 1)}Z`;
  const transaction = { type: "transaction", ...base, id: `${id}-T`, order: id, amount, gatewayRef: `auth-${id}` };
  if (n % 4 === 0) yield { ...transaction, status: "CAPTURED", authorisedAt, capturedAt: `${day}T21:30:00Z` };
  else if (n % 23 === 1) {
    yield { type: "token", ...base, id: `${id}-alias`, state: "SUCCEEDED", gatewayToken: `alias-${id}` };
    const { gatewayRef: _none, ...asked } = transaction;
    yield {
      ...asked,
      status: "WAITING_AUTHORISATION",
      token: `${id}-alias`,
      captureOn: n % 2 === 0 ? "2026-11-21" : "2026-11-26",
    };
  } else if (n % 29 === 1)
    yield { ...transaction, status: "AUTHORISED_TO_VALIDATE", authorisedAt, captureOn: "2026-11-21" };
  else if (n % 31 === 1) yield { ...transaction, status: "REFUSED", captureOn: day };
  else if (n % 37 === 1) {
    yield {
      ...transaction,
      status: "AUTHORISED",
      authorisedAt,
      captureOn: "2026-11-25",
      expiresAt: "2026-11-20T12:00:00Z",
    };
  } else
    yield {
      ...transaction,
      status: "AUTHORISED",
      authorisedAt,
      captureOn: pick(["2026-11-19", "2026-11-20", "2026-11-21"], n),
    };
}

/** Half of what the first seller of the cart sold. */
function refund(n: number, { id, firstSeller, firstSellersPart }: Sale): GeneratedRecord {
  const amount = Math.max(1, Math.floor(firstSellersPart / 2));
  const done = n % 80 === 20 ? { refundedAt: "2026-11-19T16:00:00Z" } : {};
  return { type: "refund", ...base, id: `${id}-R`, transaction: `${id}-T`, seller: firstSeller, amount, ...done };
}

function sellerId(n: number): string {
  return `shop-${String(n).padStart(4, "0")}`;
}

/** A time of the day that differs from order to order. */
function clockTime(n: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(7 + (n % 13))}:${two(n % 60)}:${two((n * 7) % 60)}`;
}

function pick<Value>(list: readonly Value[], n: number): Value {
  const found = list[n % list.length];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

/** Whole numbers that look drawn by lot (xorshift of 32 bits, Marsaglia 2003). */
function wholeNumbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
