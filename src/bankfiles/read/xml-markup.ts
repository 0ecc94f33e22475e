/** Where comments, CDATA sections, processing instructions and the XML declaration end; document types are refused. */
import { BANG, GREATER, isSpace } from "./byte-class.ts";
import type { XmlScanner } from "./xml-scanner.ts";

export interface Markup {
  readonly kind: "cdata" | "ignored";
  /** The characters inside. */
  readonly start: number;
  readonly end: number;
  /** Index after it. */
  readonly next: number;
}

const COMMENT = Buffer.from("<!--");
const COMMENT_END = Buffer.from("--");
const CDATA = Buffer.from("<![CDATA[");
const CDATA_END = Buffer.from("]]>");
const DOCTYPE = Buffer.from("<!DOCTYPE");
const INSTRUCTION_END = Buffer.from("?>");
const TARGET = /^[A-Z_a-z\u{80}-\u{10FFFF}][-.0-9A-Z_a-z\u{80}-\u{10FFFF}]*$/u;

/** The markup at `at`, which begins with `<!` or `<?`; undefined when the buffer ends before it does. */
export function endOfMarkup(
  scanner: XmlScanner,
  buffer: Buffer,
  at: number,
  end: number,
  atStart: boolean,
): Markup | undefined {
  if (buffer[at + 1] !== BANG) return instruction(scanner, buffer, at, end, atStart);
  if (startsWith(buffer, at, end, COMMENT)) return comment(scanner, buffer, at, end);
  if (startsWith(buffer, at, end, CDATA)) return section(buffer, at, end);
  if (startsWith(buffer, at, end, DOCTYPE)) scanner.refuse("DOCTYPE_FORBIDDEN", at);
  const shown = buffer.subarray(at, Math.min(end, at + CDATA.length));
  if ([COMMENT, CDATA, DOCTYPE].some((open) => open.subarray(0, shown.length).equals(shown))) return undefined;
  return scanner.refuse("XML_MALFORMED", at);
}

function startsWith(buffer: Buffer, at: number, end: number, word: Buffer): boolean {
  return at + word.length <= end && buffer.compare(word, 0, word.length, at, at + word.length) === 0;
}

/** `--` ends a comment: it may not stand within one (XML 1.0, 2.5). */
function comment(scanner: XmlScanner, buffer: Buffer, at: number, end: number): Markup | undefined {
  const start = at + COMMENT.length;
  const stop = buffer.indexOf(COMMENT_END, start);
  if (stop < 0 || stop + 2 >= end) return undefined;
  if (buffer[stop + 2] !== GREATER) scanner.refuse("XML_MALFORMED", stop);
  return { kind: "ignored", start, end: stop, next: stop + 3 };
}

function section(buffer: Buffer, at: number, end: number): Markup | undefined {
  const start = at + CDATA.length;
  const stop = buffer.indexOf(CDATA_END, start);
  if (stop < 0 || stop + 3 > end) return undefined;
  return { kind: "cdata", start, end: stop, next: stop + 3 };
}

/** The declaration itself was judged by the byte decoder; here it only may stand nowhere but at the very start. */
function instruction(scanner: XmlScanner, buffer: Buffer, at: number, end: number, atStart: boolean) {
  const start = at + 2;
  const stop = buffer.indexOf(INSTRUCTION_END, start);
  if (stop < 0 || stop + 2 > end) return undefined;
  let space = start;
  while (space < stop && !isSpace(buffer[space])) space++;
  const target = buffer.toString("utf8", start, space);
  if (!TARGET.test(target)) scanner.refuse("NAME_INVALID", at);
  if (target.toLowerCase() === "xml" && !(atStart && target === "xml")) scanner.refuse("DECLARATION_INVALID", at);
  return { kind: "ignored", start, end: stop, next: stop + 2 } satisfies Markup;
}
