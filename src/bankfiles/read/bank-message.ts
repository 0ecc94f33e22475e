/** Finds out which message a document is, reads it with that message's map, and makes the document of it. */

import type { Finding } from "../../domain/finding.ts";
import { CAMT, type CamtDraft } from "./camt-map.ts";
import type { BankDocument } from "./document.ts";
import { isKnownNamespace, isKnownVersion, kindOfElement, type MessageKind, versionIn } from "./message-kind.ts";
import { NameTable } from "./name-table.ts";
import { PAIN001, type Pain001Draft } from "./pain001-map.ts";
import { PAIN002, type Pain002Draft } from "./pain002-map.ts";
import {
  CONTENT_FINDINGS,
  type CompiledMap,
  type ContentFindingCode,
  compileMap,
  type RecordMap,
} from "./record-map.ts";
import { type Outlet, RecordReader } from "./record-reader.ts";
import { shownText } from "./shown-text.ts";
import type { XmlScanner, XmlSink } from "./xml-scanner.ts";

const NAMES = new NameTable();

function compiled<D>(map: RecordMap<D>): CompiledMap {
  return compileMap(map as RecordMap<unknown>, NAMES);
}

const camt = compiled(CAMT);

const MAPS: Readonly<Record<MessageKind, CompiledMap>> = {
  "pain.001": compiled(PAIN001),
  "pain.002": compiled(PAIN002),
  "camt.052": camt,
  "camt.053": camt,
  "camt.054": camt,
};

/** A name table that knows all names of the maps: a scanner must use one of these. */
export function messageNames(): NameTable {
  return NAMES.copy();
}

/** The sink of a scanner: reads `Document` and the message element, and hands the rest to the record reader. */
export class BankMessage implements XmlSink {
  readonly #outlet: Outlet;
  #scanner: XmlScanner | undefined;
  #kind: MessageKind | undefined;
  #version = "";
  #draft: unknown;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** The scanner is made with the sink: it comes after. */
  use(scanner: XmlScanner): void {
    this.#scanner = scanner;
  }

  open(name: number, namespace: string, depth: number): boolean {
    const scanner = this.#scanner;
    if (scanner === undefined) return false;
    const text = scanner.names.texts[name] ?? "";
    const kind = kindOfElement(text);
    if (kind === undefined || depth > 2) this.#openOther(text, depth, scanner);
    else this.#openMessage(kind, text, namespace, depth, scanner);
    return false;
  }

  strayText(_depth: number, text: string): void {
    this.#report("TEXT_UNEXPECTED", shownText(text.trim()));
  }

  close(): void {
    // The message element hands its record over itself; `Document` has nothing to give.
  }

  /** The document, once the scanner has come to the end without refusing. */
  document(findings: readonly Finding[]): BankDocument | undefined {
    const kind = this.#kind;
    if (kind === undefined) return undefined;
    const version = this.#version;
    if (kind === "pain.001") return { kind, version, ...(this.#draft as Pain001Draft), findings };
    if (kind === "pain.002") return { kind, version, ...(this.#draft as Pain002Draft), findings };
    const { page: _, ...draft } = this.#draft as CamtDraft;
    return { kind, version, ...draft, findings };
  }

  #openOther(name: string, depth: number, scanner: XmlScanner): void {
    if (depth === 1 && name === "Document") return;
    if (depth === 2 && this.#kind !== undefined) {
      this.#report("ELEMENT_UNEXPECTED", shownText(`<${name}>`));
      return;
    }
    if (this.#kind === undefined) scanner.refuseHere("MESSAGE_UNKNOWN", shownText(`<${name}>`));
  }

  #openMessage(kind: MessageKind, element: string, namespace: string, depth: number, scanner: XmlScanner): void {
    if (this.#kind !== undefined) scanner.refuseHere("MESSAGE_UNKNOWN", shownText(`a second message <${element}>`));
    const version = versionIn(namespace) ?? versionIn(element);
    this.#kind = kind;
    this.#version = version ?? kind;
    scanner.sink = new RecordReader(MAPS[kind], scanner, { depth, namespace }, this.#outlet, (draft) => {
      this.#draft = draft;
      scanner.sink = this;
      if ((draft as { messageId?: string }).messageId === undefined) this.#report("VALUE_MISSING", "no messageId");
    });
    if (namespace === "") this.#report("NAMESPACE_MISSING", "none");
    else if (version === undefined || !version.startsWith(kind))
      this.#report("NAMESPACE_MISMATCH", shownText(namespace));
    else if (!isKnownNamespace(namespace)) this.#report("NAMESPACE_UNKNOWN", shownText(namespace));
    else if (!isKnownVersion(version, kind)) this.#report("VERSION_UNKNOWN", version);
    this.#outlet.handlers.message?.({ kind, version: this.#version });
  }

  #report(code: ContentFindingCode, found: string): void {
    const line = this.#scanner?.line ?? 1;
    this.#outlet.finding({ code, where: `line ${line}`, found, expected: CONTENT_FINDINGS[code] });
  }
}
