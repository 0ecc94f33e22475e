/** Checks the shape of orders and the sums inside them. */
import type { Fields } from "./fields.ts";
import type { ItemRecord, OrderRecord } from "./records.ts";

const MOST_QUANTITY = 1_000_000_000n;
const ORDER_FIELDS = ["type", "marketplace", "id", "amount", "currency", "createdAt", "items"] as const;
const ITEM_FIELDS = "id name price quantity discount tax amount seller category commission held".split(" ");

export function readOrder(fields: Fields): OrderRecord {
  const list = fields.optionalList("items");
  const items: ItemRecord[] = [];
  if (list !== undefined) for (const item of list) items.push(readItem(item));
  const record: OrderRecord = {
    type: "order",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    amount: fields.amount("amount"),
    currency: fields.optionalCurrency(),
    createdAt: fields.optionalInstant("createdAt"),
    items,
  };
  fields.close(ORDER_FIELDS);
  if (items.length === 0) fields.fault("FIELD_MISSING", "items", "no item", "at least one item");
  else if (!fields.place.isFaulty) checkSum(fields, record);
  return record;
}

/** Seed 001: the sum of the TOTALAMOUNTs of a cart is equal to its AMOUNT. */
function checkSum(fields: Fields, { amount, items }: OrderRecord): void {
  let sum = 0n;
  for (const item of items) sum += item.amount;
  if (sum !== amount) fields.fault("SUM_DIFFERS", "amount", String(amount), `${sum}, the sum of its items`);
}

function readItem(fields: Fields): ItemRecord {
  const item: ItemRecord = {
    id: fields.id("id"),
    name: fields.text("name"),
    price: fields.optionalAmount("price"),
    quantity: fields.optionalWhole("quantity", 1n, MOST_QUANTITY),
    discount: fields.optionalPercent("discount"),
    tax: fields.optionalPercent("tax"),
    amount: fields.amount("amount"),
    seller: fields.id("seller"),
    category: fields.optionalText("category", 64),
    commission: fields.optionalAmount("commission"),
    held: fields.optionalFlag("held"),
  };
  fields.close(ITEM_FIELDS);
  if (!fields.place.isFaulty) checkItem(fields, item);
  return item;
}

/** Seed 001: PRICE includes taxes and discounts already, so price x quantity is the amount whatever the discount says. */
function checkItem(fields: Fields, { price, quantity, amount, commission }: ItemRecord): void {
  if (price !== undefined && price * (quantity ?? 1n) !== amount) {
    fields.fault("SUM_DIFFERS", "amount", String(amount), `${price * (quantity ?? 1n)}, price x quantity`);
  }
  if (commission !== undefined && commission > amount) {
    fields.fault("AMOUNT_EXCEEDED", "commission", String(commission), `at most the item's amount, ${amount}`);
  }
}
