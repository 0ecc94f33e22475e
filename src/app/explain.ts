/** `remit explain`: the whole chain behind one record, as a tree of steps; amounts are decimal text. */
import { RemitError } from "../domain/errors.ts";
import { formatMinor } from "../domain/money.ts";
import type { Context } from "./context.ts";

/** One step of the chain. `facts` hold what a machine wants; `parts` are the steps it is made of or leads to. */
export interface Explained {
  /** Such as `order`, `authorisation`, `capture`, `split`, `posting`, `settlement`, `transfer`, `file`, `statement-entry`. */
  readonly step: string;
  readonly ref: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
  readonly parts: readonly Explained[];
}

export const EXPLAINABLE = ["transfer", "order", "seller"] as const;
export type Explainable = (typeof EXPLAINABLE)[number];

export interface Question {
  readonly kind: Explainable;
  /** A transfer is found by its EndToEndId or by any reference that its bank line carries. */
  readonly id: string;
  readonly marketplace?: string;
  /** At most so many lines, transfers or settlements under one step; sums are always whole. */
  readonly limit: number;
}

type Explain = (context: Pick<Context, "store">, question: Question) => Promise<readonly Explained[]>;

const EXPLAIN: Readonly<Record<Explainable, () => Promise<Explain>>> = {
  transfer: async () => (await import("./explain-transfer.ts")).explainTransfer,
  order: async () => (await import("./explain-order.ts")).explainOrder,
  seller: async () => (await import("./explain-seller.ts")).explainSeller,
};

/**
 * The answer: one tree, or several where a bank line paid several transfers. NOT_FOUND when nothing has that id,
 * INPUT_INVALID when several marketplaces use it and none is named.
 */
export async function explain(context: Pick<Context, "store">, question: Question): Promise<readonly Explained[]> {
  return (await EXPLAIN[question.kind]())(context, question);
}

/** A step whose amount is given with its currency; facts that are absent are left out. */
export function step(
  name: string,
  ref: string,
  facts: Readonly<Record<string, string | number | bigint | null | undefined>>,
  parts: readonly Explained[] = [],
): Explained {
  const said = Object.entries(facts).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [[key, typeof value === "bigint" ? Number(value) : value] as const],
  );
  return { step: name, ref, facts: Object.fromEntries(said), parts };
}

/** `12.34 EUR`. */
export function sum(minor: bigint, currency: string): string {
  return `${formatMinor(minor, currency)} ${currency}`;
}

/** The one row that a ref names. */
export function onlyOne<Row extends { readonly marketplace: string }>(
  rows: readonly Row[],
  kind: string,
  ref: string,
): Row {
  const [row, ...others] = rows;
  if (row === undefined) {
    throw new RemitError("NOT_FOUND", { where: kind, found: ref, expected: `the ref of ${kind} of this store` });
  }
  if (others.length > 0) {
    throw new RemitError("INPUT_INVALID", {
      where: `${kind} ${ref}`,
      found: `one in each of ${rows.map(({ marketplace }) => marketplace).join(", ")}`,
      expected: "the marketplace to be named",
    });
  }
  return row;
}

/** Cuts a list to its limit and says what was left out. */
export function cut<Row>(rows: readonly Row[], limit: number, whole: number, explained: (row: Row) => Explained) {
  const shown = rows.slice(0, limit).map(explained);
  const left = whole - shown.length;
  return left > 0 ? [...shown, step("more", `${left} more`, {})] : shown;
}
