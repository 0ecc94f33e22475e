/** The attributes of a start tag: read once, checked for repetition, namespaces declared and resolved. */
import {
  APOSTROPHE,
  EQUALS,
  FORBIDDEN,
  GREATER,
  HIGH,
  isSpace,
  LESS,
  NAME_BYTE,
  PLAIN,
  QUOTE,
  REFERENCE,
  SLASH,
  TEXT_CLASS,
} from "./byte-class.ts";
import { nextHash } from "./name-table.ts";
import { XML_NAMESPACE } from "./namespace-scope.ts";
import { shownText } from "./shown-text.ts";
import type { XmlScanner } from "./xml-scanner.ts";

export interface Attribute {
  /** Id of the qualified name. */
  readonly name: number;
  readonly value: string;
}

interface StartTag {
  readonly attributes: readonly Attribute[];
  readonly empty: boolean;
  /** Index after the `>`. */
  readonly end: number;
}

/** Reads from the byte after the element's name to the end of the tag; undefined when the buffer ends before. */
export function readAttributes(scanner: XmlScanner, buffer: Buffer, from: number, end: number): StartTag | undefined {
  const attributes: Attribute[] = [];
  let i = from;
  for (;;) {
    const gap = i;
    while (i < end && isSpace(buffer[i])) i++;
    if (i >= end) return undefined;
    const byte = buffer[i];
    if (byte === GREATER) return { attributes, empty: false, end: i + 1 };
    if (byte === SLASH) {
      if (i + 1 >= end) return undefined;
      if (buffer[i + 1] !== GREATER) scanner.refuse("XML_MALFORMED", i);
      return { attributes, empty: true, end: i + 2 };
    }
    if (i === gap) scanner.refuse("NAME_INVALID", i);
    const next = readAttribute(scanner, buffer, i, end, attributes);
    if (next === undefined) return undefined;
    i = next;
  }
}

function readAttribute(scanner: XmlScanner, buffer: Buffer, start: number, end: number, into: Attribute[]) {
  let i = start;
  let hash = 0;
  while (i < end && NAME_BYTE[buffer[i] ?? 0] === 1) hash = nextHash(hash, buffer[i++] ?? 0);
  const nameEnd = i;
  while (i < end && isSpace(buffer[i])) i++;
  if (i >= end) return undefined;
  if (nameEnd === start || buffer[i] !== EQUALS) scanner.refuse("XML_MALFORMED", start);
  i++;
  while (i < end && isSpace(buffer[i])) i++;
  if (i >= end) return undefined;
  const quote = buffer[i] ?? 0;
  if (quote !== QUOTE && quote !== APOSTROPHE) scanner.refuse("XML_MALFORMED", i);
  const valueEnd = endOfValue(scanner, buffer, i + 1, end, quote);
  if (valueEnd === undefined) return undefined;
  const name = scanner.nameAt(start, nameEnd, hash);
  if (into.some((attribute) => attribute.name === name)) scanner.refuse("ATTRIBUTE_REPEATED", start);
  if (into.length >= scanner.limits.maxAttributes) scanner.refuse("ATTRIBUTES_TOO_MANY", start);
  into.push({ name, value: valueText(scanner, buffer, i + 1, valueEnd) });
  return valueEnd + 1;
}

function endOfValue(scanner: XmlScanner, buffer: Buffer, start: number, end: number, quote: number) {
  for (let i = start; i < end; i++) {
    const byte = buffer[i];
    if (byte === quote) return i;
    if (byte === LESS) scanner.refuse("XML_MALFORMED", i);
  }
  return undefined;
}

/** White space in a value becomes a space each (XML 1.0, 3.3.3); references are replaced. */
function valueText(scanner: XmlScanner, buffer: Buffer, start: number, end: number): string {
  let classes = 0;
  let hash = 0;
  let spaces = false;
  for (let i = start; i < end; i++) {
    const byte = buffer[i] ?? 0;
    classes |= TEXT_CLASS[byte] ?? 0;
    hash = nextHash(hash, byte);
    if (byte < 0x20) spaces = true;
  }
  if ((classes & (FORBIDDEN | HIGH)) !== 0) scanner.checkCharacters(start, end);
  if (!spaces) return scanner.decode(start, end, classes | PLAIN, hash);
  const literal = Buffer.from(buffer.toString("utf8", start, end).replace(/\r\n|[\r\n\t]/g, " "));
  if ((classes & REFERENCE) === 0) return literal.toString("utf8");
  return scanner.decode(start, end, classes).replace(/[\r\n\t]/g, " ");
}

/** A URI reference (RFC 3986), as far as its characters go; without a scheme its first part has no colon. */
const URI =
  /^(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*(?:#(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$/;

const DECLARATION = /^xmlns(?::(.*))?$/s;

/** Declares what the tag declares, then refuses prefixes nobody declared and two names for one attribute. */
export function applyNamespaces(
  scanner: XmlScanner,
  attributes: readonly Attribute[],
  depth: number,
  position: number,
): void {
  const { names, scope } = scanner;
  let prefixed = 0;
  for (const { name, value } of attributes) {
    if ((names.prefixes[name] ?? -1) >= 0) prefixed++;
    const declared = DECLARATION.exec(names.texts[name] ?? "");
    if (declared === null) continue;
    const prefix = declared[1];
    if (!URI.test(value)) scanner.refuse("NAMESPACE_INVALID", position, shownText(value));
    if (prefix !== undefined && isForbidden(prefix, value)) scanner.refuse("NAMESPACE_UNDECLARED", position, prefix);
    if (prefix === undefined && RESERVED.has(value)) scanner.refuse("NAMESPACE_UNDECLARED", position, value);
    scope.declare(depth, prefix === undefined ? -1 : names.idOf(prefix), value);
  }
  if (prefixed > 0) checkPrefixes(scanner, attributes, position);
}

const XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";
const RESERVED: ReadonlySet<string> = new Set([XML_NAMESPACE, XMLNS_NAMESPACE]);

function isForbidden(prefix: string, uri: string): boolean {
  if (prefix === "xml") return uri !== XML_NAMESPACE;
  return prefix === "xmlns" || uri === "" || RESERVED.has(uri);
}

function checkPrefixes(scanner: XmlScanner, attributes: readonly Attribute[], position: number): void {
  const { names, scope } = scanner;
  const seen = new Set<string>();
  for (const { name } of attributes) {
    const prefix = names.prefixes[name] ?? -1;
    if (prefix < 0 || names.texts[prefix] === "xmlns") continue;
    const uri = scope.resolve(prefix);
    if (uri === undefined) scanner.refuse("NAMESPACE_UNDECLARED", position, names.texts[name]);
    const expanded = `${uri} ${names.texts[names.locals[name] ?? name]}`;
    if (seen.has(expanded)) scanner.refuse("ATTRIBUTE_REPEATED", position, names.texts[name]);
    seen.add(expanded);
  }
}
