/** A made-up marketplace with as many sellers and orders as asked for: the same for the same numbers, on every machine. */
import { SEPA_COUNTRIES, sepaIban } from "./sepa-ibans.ts";

/** One record of an import file, as `remit import` reads it. */
export type SampleRecord = Readonly<Record<string, unknown>> & { readonly type: string };

export interface MarketSize {
  readonly sellers: number;
  readonly orders: number;
}

export const MARKETPLACE = "bazaar";
export const DEBTOR_IBAN = sepaIban("FR", 1);

/** The business days of the rehearsal, Wednesday to Friday, and the Tuesday before them. */
export const DAYS = ["2026-11-18", "2026-11-19", "2026-11-20"] as const;
export const EVE = "2026-11-17";
export const MORNING = "2026-11-21";

const OPERATOR_IBAN = sepaIban("FR", 2);
const SHOPS = ["Atelier", "Maison", "Comptoir", "Boutique", "Fabrique", "Jardin", "Librairie", "Cave"] as const;
const OWNERS = ["Moreau", "Lefèvre", "Dubois", "Garnier", "Rousseau", "Blanchard", "Mercier", "Caron", "Noël"] as const;
const GOODS = ["tee-shirt", "lamp", "tea pot", "notebook", "bicycle bell", "olive oil", "clock", "scarf"] as const;

/** The marketplace itself: it keeps 10 % of what others sell, and pays on the next banking day. */
export function marketplaceRecord(): SampleRecord {
  return {
    type: "marketplace",
    id: MARKETPLACE,
    name: "Bazaar",
    currency: "EUR",
    zone: "Europe/Paris",
    debtor: { name: "Bazaar SAS", iban: DEBTOR_IBAN },
    bank: "sandbox",
    profile: "sandbox",
    gateway: "sandbox",
    integrationMode: "MULTI_CAPTURE",
    settlement: { delayDays: 1, delayCounts: "BANKING_DAYS", minimumPayout: 100 },
    fees: [
      { basisPoints: 1000, fixed: 0 },
      { seller: "OPERATOR", basisPoints: 0, fixed: 0 },
    ],
    operator: { name: "Bazaar SAS", iban: OPERATOR_IBAN },
  };
}

/** Who is told what: payouts and what becomes of them, not each of thousands of captures. */
export function endpointRecord(url: string, secret: string): SampleRecord {
  const events = ["transfer", "settlement", "refund", "seller"];
  return { type: "endpoint", marketplace: MARKETPLACE, id: "main", url, secret, events };
}

/** Sellers, orders with carts of one to three items, and one card transaction each; a quarter of them captured on the eve. */
export function* marketRecords({ sellers, orders }: MarketSize): Generator<SampleRecord> {
  for (let n = 1; n <= sellers; n += 1) yield sellerRecord(n);
  const random = randomNumbers(20_261_118);
  for (let n = 1; n <= orders; n += 1) yield* orderRecords(n, sellers, random);
}

function sellerRecord(n: number): SampleRecord {
  const name = `${pick(SHOPS, n)} ${pick(OWNERS, Math.floor(n / SHOPS.length))} ${n}`;
  return {
    type: "seller",
    marketplace: MARKETPLACE,
    id: sellerId(n),
    legalName: name,
    accountHolder: name,
    iban: sepaIban(pick(SEPA_COUNTRIES, n), 1_000 + n),
    onboarding: "VALIDATED",
  };
}

function* orderRecords(n: number, sellers: number, random: () => number): Generator<SampleRecord> {
  const id = `O${String(n).padStart(6, "0")}`;
  const items = Array.from({ length: 1 + (random() % 3) }, (_, index) => {
    const quantity = 1 + (random() % 2);
    const price = 300 + (random() % 9_700);
    const seller = sellerId(1 + (random() % sellers));
    return { id: `${id}-${index + 1}`, name: pick(GOODS, random()), price, quantity, amount: price * quantity, seller };
  });
  const amount = items.reduce((sum, item) => sum + item.amount, 0);
  yield { type: "order", marketplace: MARKETPLACE, id, amount, createdAt: `${EVE}T09:00:00Z`, items };
  const transaction = { type: "transaction", marketplace: MARKETPLACE, id: `${id}-T`, order: id, amount };
  const gatewayRef = `auth-${id}`;
  yield n % 4 === 0
    ? { ...transaction, status: "CAPTURED", gatewayRef, capturedAt: `${EVE}T15:00:00Z` }
    : {
        ...transaction,
        status: "AUTHORISED",
        gatewayRef,
        authorisedAt: `${EVE}T09:05:00Z`,
        captureOn: DAYS[(n % 4) - 1],
      };
}

function sellerId(n: number): string {
  return `S${String(n).padStart(4, "0")}`;
}

function pick<Value>(list: readonly Value[], n: number): Value {
  const found = list[n % list.length];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

/** Whole numbers that look drawn by lot and are the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
