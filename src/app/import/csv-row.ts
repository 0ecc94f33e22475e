/** Takes one CSV row apart (RFC 4180): fields, quotes, doubled quotes. */

/** Whether a quoted field is still open at the end of the text, so that the row goes on in the next line. */
export function isOpenRow(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
}

/** The fields as they are meant; undefined when a quote stands where none may. */
export function csvFields(row: string, delimiter: string): string[] | undefined {
  if (!row.includes('"')) return row.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = row[at] === '"' ? quotedField(row, at) : plainField(row, at, delimiter);
    if (field === undefined) return undefined;
    fields.push(field.text);
    if (field.end === row.length) return fields;
    if (row[field.end] !== delimiter) return undefined;
    at = field.end + 1;
  }
}

interface Field {
  readonly text: string;
  readonly end: number;
}

function plainField(row: string, start: number, delimiter: string): Field | undefined {
  const found = row.indexOf(delimiter, start);
  const end = found < 0 ? row.length : found;
  const text = row.slice(start, end);
  return text.includes('"') ? undefined : { text, end };
}

function quotedField(row: string, start: number): Field | undefined {
  for (let at = row.indexOf('"', start + 1); at >= 0; at = row.indexOf('"', at + 2)) {
    if (row[at + 1] !== '"') return { text: row.slice(start + 1, at).replaceAll('""', '"'), end: at + 1 };
  }
  return undefined;
}
