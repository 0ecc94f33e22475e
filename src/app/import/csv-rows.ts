/** CSV: reads rows under their header, each as an object of its dotted names (`debtor.iban`, `fees.0.fixed`). */
import type { FileHandle } from "node:fs/promises";
import { csvFields, isOpenRow } from "./csv-row.ts";
import { damagedLine } from "./damaged-line.ts";
import { fileLines, type OnBytes } from "./file-lines.ts";
import { MOST_RECORD_BYTES, type RawFault, type RawRecord } from "./raw-record.ts";

interface Column {
  readonly path: readonly string[];
}

interface Header {
  readonly delimiter: string;
  readonly columns: readonly Column[];
}

/** One record a row, in batches; the first row with text in it is the header. An empty cell is a field left out. */
export async function* csvRows(file: FileHandle, onBytes: OnBytes): AsyncGenerator<readonly RawRecord[]> {
  let header: Header | undefined;
  let open: { text: string; line: number } | undefined;
  for await (const { firstLine, lines } of fileLines(file, onBytes)) {
    const records: RawRecord[] = [];
    for (let index = 0; index < lines.length; index += 1) {
      const text = lines[index];
      const line = firstLine + index;
      if (typeof text !== "string") {
        records.push(damagedLine(line, text));
        continue;
      }
      const row: { text: string; line: number } =
        open === undefined ? { text, line } : { text: `${open.text}\n${text}`, line: open.line };
      open = isOpenRow(row.text) ? row : undefined;
      if (open !== undefined && open.text.length <= MOST_RECORD_BYTES) continue;
      if (open !== undefined) {
        yield [...records, damagedLine(open.line, undefined)];
        return;
      }
      if (row.text.trim() === "") continue;
      if (header !== undefined) records.push(recordOf(row.text, row.line, header));
      else {
        const read = headerOf(row.text);
        if ("code" in read) {
          yield [...records, { line: row.line, faults: [read] }];
          return;
        }
        header = read;
      }
    }
    yield records;
  }
  if (open !== undefined)
    yield [{ line: open.line, faults: [csvFault("a quote that is never closed", "closed quotes")] }];
}

function csvFault(found: string, expected: string): RawFault {
  return { code: "CSV_INVALID", found, expected };
}

const NAME = /^[A-Za-z][A-Za-z0-9]*(?:\.(?:[A-Za-z][A-Za-z0-9]*|\d{1,4}))*$/;

function headerOf(text: string): Header | RawFault {
  const delimiter = text.split(";").length > text.split(",").length ? ";" : ",";
  const names = csvFields(text, delimiter)?.map((name) => name.trim());
  if (names === undefined) return csvFault("a quote inside a name", "a header of names");
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined)
    return csvFault(wrong === "" ? "an empty name" : wrong, "a header of names such as debtor.iban");
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return csvFault(`${repeated} twice`, "every name once");
  const inner = names.find((name) => names.some((other) => other.startsWith(`${name}.`)));
  if (inner !== undefined) return csvFault(`${inner} and a name inside it`, "either the field or its parts");
  return { delimiter, columns: names.map((name) => ({ path: name.split(".") })) };
}

function recordOf(text: string, line: number, header: Header): RawRecord {
  const fields = csvFields(text, header.delimiter);
  if (fields === undefined)
    return { line, faults: [csvFault("a quote inside a field", "quotes around the whole field")] };
  if (fields.length !== header.columns.length) {
    return { line, faults: [csvFault(`${fields.length} fields`, `${header.columns.length}, as in the header`)] };
  }
  const value: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] ?? "";
    const path = header.columns[index]?.path;
    if (field !== "" && path !== undefined) put(value, path, field);
  }
  return { line, value };
}

/** Numbers in a path are places in a list: `events.0`. A gap in a list stays a hole, which the checks find. */
function put(value: Record<string, unknown>, path: readonly string[], field: string): void {
  let holder = value;
  for (let index = 0; index < path.length - 1; index += 1) {
    const name = path[index] ?? "";
    const inner = holder[name];
    if (typeof inner === "object" && inner !== null) holder = inner as Record<string, unknown>;
    else {
      const listed = /^\d/.test(path[index + 1] ?? "");
      const made = (listed ? [] : Object.create(null)) as Record<string, unknown>;
      holder[name] = made;
      holder = made;
    }
  }
  holder[path.at(-1) ?? ""] = field;
}
