/** Hostile files that are too large to keep: made when they are needed, refused before they do harm. */
import type { RefusalCode } from "../../../src/bankfiles/read/read-limits.ts";

export interface HostileShape {
  readonly name: string;
  readonly code: RefusalCode;
  readonly make: () => Buffer;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">';
const OPEN = `${HEAD}<BkToCstmrStmt><Stmt><Ntry>`;
const CLOSE = "</Ntry></Stmt></BkToCstmrStmt></Document>";

function inEntry(text: string): Buffer {
  return Buffer.from(OPEN + text + CLOSE);
}

function many(count: number, one: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => one(index)).join("");
}

const MILLION = 1_000_000;

export const HOSTILE_SHAPES: readonly HostileShape[] = [
  { name: "100,000 nested tags", code: "DEPTH_EXCEEDED", make: () => inEntry("<a>".repeat(100_000)) },
  { name: "5,000,000 nested tags", code: "DEPTH_EXCEEDED", make: () => inEntry("<a>".repeat(5 * MILLION)) },
  { name: "nested tags as root", code: "MESSAGE_UNKNOWN", make: () => Buffer.from("<a>".repeat(MILLION)) },
  { name: "nested tags with namespaces", code: "DEPTH_EXCEEDED", make: () => inEntry(many(9_999, (i) => `<a xmlns:p${i}="urn:${i}">`)) },
  { name: "an endless start tag", code: "TOKEN_TOO_LONG", make: () => Buffer.from(`${OPEN}<a ${" ".repeat(50 * MILLION)}`) },
  { name: "an endless name", code: "TOKEN_TOO_LONG", make: () => Buffer.from(`${OPEN}<${"a".repeat(5 * MILLION)}`) },
  { name: "an endless attribute", code: "TOKEN_TOO_LONG", make: () => Buffer.from(`${OPEN}<a b="${"x".repeat(5 * MILLION)}`) },
  { name: "100,000 attributes", code: "ATTRIBUTES_TOO_MANY", make: () => inEntry(`<a ${many(100_000, (i) => `a${i}="" `)}/>`) },
  { name: "100,000 different names", code: "NAMES_TOO_MANY", make: () => inEntry(many(100_000, (i) => `<n${i}/>`)) },
  { name: "100,000 different prefixes", code: "NAMES_TOO_MANY", make: () => inEntry(many(100_000, (i) => `<a xmlns:p${i}="urn:x"/>`)) },
  { name: "names with one hash", code: "NAMES_TOO_MANY", make: () => inEntry(many(1 << 13, collidingTag)) },
  { name: "an endless text", code: "TOKEN_TOO_LONG", make: () => inEntry(`<NtryRef>${"x".repeat(50 * MILLION)}`) },
  { name: "an endless comment", code: "TOKEN_TOO_LONG", make: () => inEntry(`<!--${"x".repeat(50 * MILLION)}-->`) },
  { name: "an endless CDATA section", code: "TOKEN_TOO_LONG", make: () => inEntry(`<![CDATA[${"x".repeat(50 * MILLION)}]]>`) },
  { name: "an endless instruction", code: "TOKEN_TOO_LONG", make: () => inEntry(`<?x ${"x".repeat(50 * MILLION)}?>`) },
  { name: "a text of ampersands", code: "ENTITY_UNKNOWN", make: () => inEntry(`<NtryRef>${"&".repeat(MILLION)}</NtryRef>`) },
  { name: "half references without end", code: "ENTITY_UNKNOWN", make: () => inEntry(`<NtryRef>${"&#1".repeat(300_000)}</NtryRef>`) },
  { name: "a text of brackets, cut", code: "FILE_TRUNCATED", make: () => Buffer.from(`${OPEN}<NtryRef>${"]".repeat(900_000)}`) },
  { name: "100,000 comments, cut", code: "FILE_TRUNCATED", make: () => Buffer.from(OPEN + "<!--x-->".repeat(100_000)) },
  { name: "a text of many pieces, cut", code: "FILE_TRUNCATED", make: () => Buffer.from(`${OPEN}<NtryRef>${"x<!---->".repeat(300_000)}`) },
  { name: "1,000,000 roots", code: "ROOT_REPEATED", make: () => Buffer.from(`${HEAD}<BkToCstmrStmt/></Document>${"<a/>".repeat(MILLION)}`) },
  { name: "a file beyond the size limit", code: "FILE_TOO_LARGE", make: () => Buffer.alloc(129 * 1024 * 1024, " ") },
  { name: "an endless declaration", code: "DECLARATION_INVALID", make: () => Buffer.from(`<?xml version="1.0"${" ".repeat(MILLION)}?><a/>`) },
  { name: "a million NUL bytes", code: "ENCODING_UNSUPPORTED", make: () => Buffer.alloc(MILLION) },
  { name: "a million invalid bytes", code: "BYTES_INVALID", make: () => Buffer.alloc(MILLION, 0x80) },
  { name: "invalid bytes at the very end", code: "BYTES_INVALID", make: () => Buffer.concat([inEntry("<a>é</a>".repeat(MILLION)), Buffer.of(0xff)]) },
]; // biome-ignore format: a table reads best as a table

/** Names that a multiply-by-31 hash cannot tell apart: every pair of letters is "Aa" or "BB". */
function collidingTag(index: number): string {
  return `<${many(13, (bit) => ((index >> bit) & 1 ? "Aa" : "BB"))}/>`;
}
