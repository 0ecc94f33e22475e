/** Booked facts as text for the store and back: amounts stay exact. */
import type { BookedFact } from "../bankfiles/meaning/booked-facts.ts";

export function factText(fact: BookedFact): string {
  return JSON.stringify(fact, (_name, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** Fields named `...Minor` are the amounts. */
export function factOf(text: string): BookedFact {
  return JSON.parse(text, (name, value: unknown) =>
    name.endsWith("Minor") && typeof value === "string" ? BigInt(value) : value,
  ) as BookedFact;
}
