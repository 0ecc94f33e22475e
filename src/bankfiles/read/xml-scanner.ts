/**
 * Reads the tags and texts of an XML document from UTF-8 bytes, in one pass and constant memory, and refuses whatever is
 * not well-formed, or dangerous although it is. The bytes come from ByteDecoder: they are valid UTF-8 without a mark.
 */
import {
  BANG, BRACKET, CARRIAGE, CLOSE_BRACKET, FORBIDDEN, GREATER, HIGH, isSpace, LESS, NAME_BYTE, NEWLINE, PLAIN,
  QUESTION, REFERENCE, RETURN, SLASH, SPACE, TAB, TEXT_CLASS,
} from "./byte-class.ts"; // biome-ignore format: with a name a line this file would pass the 400 lines that a file may have
import { type NameTable, nextHash } from "./name-table.ts";
import { NamespaceScope } from "./namespace-scope.ts";
import type { ReadLimits, RefusalCode } from "./read-limits.ts";
import { refusal, shownBytes, type TextPosition } from "./refusal.ts";
import { ValueCache } from "./value-cache.ts";
import { type Attribute, applyNamespaces, readAttributes } from "./xml-attributes.ts";
import { forbiddenCharacter, shownCharacter } from "./xml-characters.ts";
import { endOfMarkup, type Markup } from "./xml-markup.ts";
import { withoutReferences } from "./xml-references.ts";

/** Who is told. Names are ids of the scanner's name table, without prefix. */
export interface XmlSink {
  /** A start tag at `depth` (the root is 1). True when the text of this element is wanted. */
  open(name: number, namespace: string, depth: number): boolean;
  /** Text that is not white space in an element that wanted none. */
  strayText(depth: number, text: string): void;
  /** True where stray text does not matter: it is not even made a string. */
  skips?(depth: number): boolean;
  /** The end tag, with the text directly in the element ("" when none was wanted). */
  close(depth: number, text: string): void;
}

const NO_ATTRIBUTES: readonly Attribute[] = [];

export class XmlScanner {
  readonly names: NameTable;
  readonly scope: NamespaceScope;
  readonly limits: ReadLimits;
  /** The attributes of the start tag that the sink is being told about. */
  attributes: readonly Attribute[] = NO_ATTRIBUTES;

  /** Who is told; a sink may put another in its place. */
  sink: XmlSink;

  readonly #values = new ValueCache();
  readonly #open: Int32Array;
  /** After each start tag (2 x name) and end tag (2 x name + 1) the name that came next the last time: mostly it does again. Names beyond its end are looked up. */
  readonly #follows: Int32Array;
  #lastTag = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #position = 0;
  #end = 0;
  #final = false;
  #atStart = true;
  #depth = 0;
  #rootSeen = false;
  #wanted = false;
  #line = 1;
  /** Index in the buffer of the first byte of the line; negative when it is no longer there. */
  #lineStart = 0;
  #text = "";
  #runStart = -1;
  #runEnd = -1;
  #runHash = 0;
  #runClass = 0;

  constructor(names: NameTable, sink: XmlSink, limits: ReadLimits) {
    this.names = names;
    this.scope = new NamespaceScope(names.idOf("xml"));
    this.limits = limits;
    this.sink = sink;
    this.#open = new Int32Array(limits.maxDepth + 1);
    this.#follows = new Int32Array(4 * names.size).fill(-1);
  }

  /**
   * Reads what is complete in `bytes[start, end)` and returns the index up to which it has read: the caller hands the
   * rest over again, with more after it. Throws BANK_FILE_INVALID with the place of the fault.
   */
  scan(bytes: Buffer, start: number, end: number, final: boolean): number {
    this.#buffer = bytes;
    this.#position = start;
    this.#end = end;
    this.#final = final;
    while (this.#position < end && this.#token()) {
      // every token moves the position on
    }
    this.#keepRun();
    if (this.#end - this.#position > this.limits.maxTokenBytes) this.#tooLong();
    if (final) this.#finish();
    return this.#position;
  }

  /** The bytes not yet read were moved `by` towards the front of the buffer. */
  moved(by: number): void {
    this.#lineStart -= by;
    this.#position -= by;
    this.#end -= by;
  }

  /** The place of an index in the buffer, at or after the current token. */
  positionAt(index: number): TextPosition {
    let line = this.#line;
    let lineStart = this.#lineStart;
    for (let i = this.#position; i < index; i++) {
      if (this.#buffer[i] !== NEWLINE) continue;
      line++;
      lineStart = i + 1;
    }
    return { line, column: index - lineStart + 1 };
  }

  get line(): number {
    return this.#line;
  }

  /** The names of the open elements from the root down to `depth`. */
  path(depth: number): string[] {
    return Array.from(this.#open.subarray(1, depth + 1), (id) => this.names.texts[id] ?? "?");
  }

  refuse(code: RefusalCode, index: number, found?: string): never {
    throw refusal(code, this.positionAt(index), found ?? shownBytes(this.#buffer, index, this.#end));
  }

  /** Refuses for the tag that the sink is being told about. */
  refuseHere(code: RefusalCode, found: string): never {
    return this.refuse(code, this.#position, found);
  }

  /** Everything has been handed over: refuses for a fault that the bytes themselves have, such as a wrong encoding. */
  refuseAtEnd(code: RefusalCode, found: string): never {
    throw refusal(code, this.positionAt(this.#end), found);
  }

  #token(): boolean {
    const buffer = this.#buffer;
    const at = this.#position;
    if (buffer[at] !== LESS) return this.#wanted ? this.#textRun() : this.#gap();
    if (at + 1 >= this.#end) return false;
    const next = buffer[at + 1] ?? 0;
    if (next === SLASH) return this.#endTag();
    if (next === BANG || next === QUESTION) return this.#markup();
    return this.#startTag();
  }

  /** White space between tags, which need not be complete; anything else there is a run of text. */
  #gap(): boolean {
    const buffer = this.#buffer;
    const end = this.#end;
    let i = this.#position;
    for (; i < end; i++) {
      const byte = buffer[i];
      if (byte === NEWLINE) {
        this.#line++;
        this.#lineStart = i + 1;
      } else if (byte !== SPACE && byte !== TAB && byte !== RETURN) break;
    }
    this.#position = i;
    this.#atStart = false;
    return i === end || buffer[i] === LESS || this.#textRun();
  }

  #textRun(): boolean {
    const buffer = this.#buffer;
    const end = Math.min(this.#end, this.#position + this.limits.maxTokenBytes + 1);
    let lines = 0;
    let lineStart = this.#lineStart;
    let classes = 0;
    let hash = 0;
    let i = this.#position;
    for (; i < end; i++) {
      const byte = buffer[i] ?? 0;
      if (byte === LESS) break;
      classes |= TEXT_CLASS[byte] ?? 0;
      hash = (Math.imul(hash, 31) + byte) | 0;
      if (byte === NEWLINE) {
        lines++;
        lineStart = i + 1;
      }
    }
    if (i - this.#position > this.limits.maxTokenBytes) this.#tooLong();
    if (i === end && !this.#final) return false;
    if (classes > PLAIN) this.#checkText(this.#position, i, classes);
    if (this.#wanted || (classes & PLAIN) !== 0) this.#takeText(this.#position, i, hash, classes);
    this.#line += lines;
    this.#lineStart = lineStart;
    this.#position = i;
    this.#atStart = false;
    return true;
  }

  /** Text that may need a second look: forbidden characters, `]]>`, references. */
  #checkText(start: number, end: number, classes: number): void {
    const buffer = this.#buffer;
    if ((classes & (FORBIDDEN | HIGH)) !== 0) this.checkCharacters(start, end);
    if ((classes & BRACKET) !== 0) {
      for (let i = start; i < end - 2; i++) {
        if (buffer[i] === CLOSE_BRACKET && buffer[i + 1] === CLOSE_BRACKET && buffer[i + 2] === GREATER) {
          this.refuse("XML_MALFORMED", i);
        }
      }
    }
    if ((classes & REFERENCE) !== 0) this.decode(start, end, classes);
  }

  /** Refuses a character that XML does not allow. */
  checkCharacters(start: number, end: number): void {
    const at = forbiddenCharacter(this.#buffer, start, end);
    if (at >= 0) this.refuse("CHARACTER_FORBIDDEN", at, shownCharacter(this.#buffer, at));
  }

  /** The string of a run of text or of an attribute value, with references and line ends as XML wants them. */
  decode(start: number, end: number, classes: number, hash = 0): string {
    if ((classes & ~(PLAIN | BRACKET)) === 0) return this.#values.text(this.#buffer, start, end, hash);
    const text = this.#buffer.toString("utf8", start, end);
    const unified = (classes & CARRIAGE) === 0 ? text : text.replace(/\r\n?/g, "\n");
    if ((classes & REFERENCE) === 0) return unified;
    const plain = withoutReferences(unified);
    if (typeof plain === "string") return plain;
    return this.refuse("ENTITY_UNKNOWN", Math.max(start, this.#buffer.indexOf(plain.bad, start)), plain.bad);
  }

  #takeText(start: number, end: number, hash: number, classes: number): void {
    if (this.#depth === 0) this.refuse("TEXT_OUTSIDE_ROOT", start);
    this.#keepRun();
    this.#runStart = start;
    this.#runEnd = end;
    this.#runHash = hash;
    this.#runClass = classes;
    if (this.#wanted) return;
    this.#runStart = -1;
    if (this.sink.skips?.(this.#depth) === true) return;
    this.sink.strayText(this.#depth, this.decode(start, end, classes, hash));
  }

  /** Makes the pending run of text a string, because its bytes go or because more text follows. */
  #keepRun(): void {
    if (this.#runStart < 0) return;
    this.#text += this.decode(this.#runStart, this.#runEnd, this.#runClass, this.#runHash);
    this.#runStart = -1;
  }

  #startTag(): boolean {
    const buffer = this.#buffer;
    const start = this.#position + 1;
    let id = this.#follows[this.#lastTag] ?? -1;
    let i = start + this.names.lengthOf(id);
    if (id < 0 || i >= this.#end || NAME_BYTE[buffer[i] ?? 0] === 1 || !this.names.standsAt(id, buffer, start)) {
      let hash = 0;
      i = start;
      while (i < this.#end && NAME_BYTE[buffer[i] ?? 0] === 1) hash = nextHash(hash, buffer[i++] ?? 0);
      if (i >= this.#end) return false;
      id = this.nameAt(start, i, hash);
      this.#follows[this.#lastTag] = id;
    }
    if (this.#depth === 0 && this.#rootSeen) this.refuse("ROOT_REPEATED", this.#position);
    this.#lastTag = 2 * id;
    if (buffer[i] === GREATER) {
      this.#enter(id, NO_ATTRIBUTES);
      this.#position = i + 1;
      if (this.#wanted) this.#leaf(id);
      return true;
    }
    const tag = readAttributes(this, buffer, i, this.#end);
    if (tag === undefined) return false;
    if (tag.end - start > this.limits.maxTokenBytes) this.#tooLong();
    this.#enter(id, tag.attributes);
    this.#advance(tag.end);
    if (tag.empty) this.#leave();
    else if (this.#wanted) this.#leaf(id);
    return true;
  }

  nameAt(start: number, end: number, hash: number): number {
    const id = end > start ? this.names.find(this.#buffer, start, end, hash) : -1;
    if (id < 0) this.refuse("NAME_INVALID", start);
    if (this.names.size > this.limits.maxNames) this.refuse("NAMES_TOO_MANY", start, `${this.names.size} names`);
    return id;
  }

  /** The common case of an element that is wanted, read in one go: plain text on one line, then the end tag. */
  #leaf(id: number): void {
    const buffer = this.#buffer;
    const start = this.#position;
    const end = this.#end;
    let classes = 0;
    let hash = 0;
    let i = start;
    for (; i < end; i++) {
      const byte = buffer[i] ?? 0;
      if (byte === LESS || byte === NEWLINE) break;
      classes |= TEXT_CLASS[byte] ?? 0;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    const next = i + 2 + this.names.lengthOf(id);
    if (
      next >= end ||
      i - start > this.limits.maxTokenBytes ||
      buffer[i] !== LESS ||
      buffer[i + 1] !== SLASH ||
      buffer[next] !== GREATER
    )
      return;
    if (!this.names.standsAt(id, buffer, i + 2)) return;
    if (classes > PLAIN) this.#checkText(start, i, classes);
    const text = i === start ? "" : this.decode(start, i, classes, hash);
    this.#position = next + 1;
    this.#closed(text);
  }

  #enter(id: number, attributes: readonly Attribute[]): void {
    const depth = this.#depth + 1;
    if (depth > this.limits.maxDepth) this.refuse("DEPTH_EXCEEDED", this.#position, `${depth} levels`);
    this.#keepRun();
    this.#open[depth] = id;
    this.#rootSeen = true;
    if (attributes.length > 0) applyNamespaces(this, attributes, depth, this.#position);
    const prefix = this.names.prefixes[id] ?? -1;
    const namespace = prefix < 0 ? this.scope.defaultNamespace : this.scope.resolve(prefix);
    if (namespace === undefined) this.refuse("NAMESPACE_UNDECLARED", this.#position, this.names.texts[id]);
    this.attributes = attributes;
    this.#depth = depth;
    this.#text = "";
    this.#wanted = this.sink.open(this.names.locals[id] ?? id, namespace, depth);
  }

  #endTag(): boolean {
    const start = this.#position + 2;
    const id = this.#open[this.#depth] ?? -1;
    let i = start + this.names.lengthOf(id);
    if (i >= this.#end && !this.#buffer.subarray(start, this.#end).includes(GREATER)) return false;
    if (this.#depth === 0 || !this.names.standsAt(id, this.#buffer, start)) this.refuse("TAG_MISMATCH", this.#position);
    if (this.#buffer[i] === GREATER) {
      this.#position = i + 1;
      this.#leave();
      return true;
    }
    while (i < this.#end && isSpace(this.#buffer[i])) i++;
    if (i >= this.#end) return false;
    if (this.#buffer[i] !== GREATER) this.refuse("TAG_MISMATCH", this.#position);
    this.#advance(i + 1);
    this.#leave();
    return true;
  }

  #leave(): void {
    if (this.#wanted) this.#keepRun();
    this.#closed(this.#text);
  }

  #closed(text: string): void {
    const depth = this.#depth;
    this.#lastTag = 2 * (this.#open[depth] ?? 0) + 1;
    this.#text = "";
    this.#wanted = false;
    this.sink.close(depth, text);
    this.scope.leave(depth);
    this.#depth = depth - 1;
  }

  /** Comments, CDATA sections, processing instructions, the XML declaration. */
  #markup(): boolean {
    const markup: Markup | undefined = endOfMarkup(this, this.#buffer, this.#position, this.#end, this.#atStart);
    if (markup === undefined) return false;
    const { kind, start, end, next } = markup;
    if (next - this.#position > this.limits.maxTokenBytes) this.#tooLong();
    this.checkCharacters(start, end);
    if (kind === "cdata") {
      if (this.#depth === 0) this.refuse("TEXT_OUTSIDE_ROOT", this.#position);
      if (end > start) this.#takeText(start, end, 0, PLAIN | CARRIAGE);
      this.#keepRun();
    }
    this.#advance(next);
    return true;
  }

  #advance(end: number): void {
    const buffer = this.#buffer;
    for (let i = this.#position; i < end; i++) {
      if (buffer[i] !== NEWLINE) continue;
      this.#line++;
      this.#lineStart = i + 1;
    }
    this.#position = end;
    this.#atStart = false;
  }

  #finish(): void {
    if (this.#position < this.#end || this.#depth > 0) {
      const open = this.path(this.#depth).at(-1);
      this.refuse("FILE_TRUNCATED", this.#end, open === undefined ? "an unfinished tag" : `the end within <${open}>`);
    }
    if (!this.#rootSeen) this.refuse("FILE_EMPTY", this.#end, "no element");
  }

  #tooLong(): never {
    this.refuse("TOKEN_TOO_LONG", this.#position, `more than ${this.limits.maxTokenBytes} bytes`);
  }
}
