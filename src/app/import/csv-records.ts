/** CSV records: as their rows are, except orders, whose rows are their items and are brought together. */
import type { FileHandle } from "node:fs/promises";
import { csvRows } from "./csv-rows.ts";
import type { OnBytes } from "./file-lines.ts";
import { type RawFault, type RawRecord, type RawValue, withFallbackType } from "./raw-record.ts";

export async function* csvRecords(
  file: FileHandle,
  onBytes: OnBytes,
  type: string | undefined,
): AsyncGenerator<readonly RawRecord[]> {
  const orders = new OrderGatherer();
  for await (const rows of csvRows(file, onBytes)) {
    const records: RawRecord[] = [];
    for (const row of rows) {
      const typed = withFallbackType(row, type);
      const isOrder = typed.value !== undefined && (typed.type ?? typed.value.type) === "order";
      records.push(...(isOrder ? orders.add(typed) : [...orders.finish(), typed]));
    }
    yield records;
  }
  yield orders.finish();
}

interface Gathered {
  readonly row: RawRecord;
  readonly head: RawValue;
  readonly items: unknown[];
  readonly faults: RawFault[];
}

/** Consecutive rows with the same `marketplace` and `id` are one order; each row's `item` is one of its items. */
class OrderGatherer {
  #open: Gathered | undefined;

  /** Takes a row; answers the order before it when this row begins another one. */
  add(row: RawRecord): readonly RawRecord[] {
    const { item, ...head } = row.value ?? {};
    const open = this.#open;
    if (open !== undefined && open.head.id === head.id && open.head.marketplace === head.marketplace) {
      open.faults.push(...differences(open.head, head, row.line), ...(row.faults ?? []));
      open.items.push(item);
      return [];
    }
    const done = this.finish();
    this.#open = { row, head, items: item === undefined ? [] : [item], faults: [...(row.faults ?? [])] };
    return done;
  }

  finish(): readonly RawRecord[] {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return [];
    const { row, head, items, faults } = open;
    const value: RawValue = items.length === 0 ? head : { ...head, items };
    return [{ ...row, value, ...(faults.length === 0 ? {} : { faults }) }];
  }
}

function differences(first: RawValue, other: RawValue, line: number): RawFault[] {
  const names = new Set([...Object.keys(first), ...Object.keys(other)]);
  return [...names]
    .filter((name) => first[name] !== other[name])
    .map((name) => ({
      code: "CSV_INVALID",
      field: name,
      found: `another value in line ${line}`,
      expected: "the same value in every row of an order",
    }));
}
