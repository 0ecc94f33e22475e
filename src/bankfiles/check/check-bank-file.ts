/** Checks a pain.001: well-formed, built as described, by the EPC's rules and the bank's, sums counted again. */

import { RemitError } from "../../domain/errors.ts";
import type { Finding } from "../../domain/finding.ts";
import type { BankProfile } from "../profile/profile.ts";
import { ByteDecoder } from "../read/byte-decoder.ts";
import { kindOfElement, versionIn } from "../read/message-kind.ts";
import { NameTable } from "../read/name-table.ts";
import { STREAM_LIMITS } from "../read/read-limits.ts";
import { refusal } from "../read/refusal.ts";
import { ScanBuffer } from "../read/scan-buffer.ts";
import { XmlScanner, type XmlSink } from "../read/xml-scanner.ts";
import { DESCRIPTIONS } from "./message-description.ts";
import { PaymentRules } from "./payment-rules.ts";
import { type Place, StructureWalk } from "./structure.ts";

export interface CheckOptions {
  /** Without a profile the EPC's rules count, for SEPA transfers of either kind. */
  readonly profile?: BankProfile;
  /** Given: execution dates that are past are told. */
  readonly now?: Date;
  /** Findings kept; 10,000 when absent. */
  readonly maxFindings?: number;
}

export interface CheckResult {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** What is unusual but no fault: elements outside the EPC's subset, a date the bank will move. */
  readonly notices: readonly Finding[];
  /** Namespace's version, such as `pain.001.001.09`; absent when there is none. */
  readonly version?: string;
  readonly messageId?: string;
  readonly count: number;
  /** Sum of all amounts in minor units. */
  readonly sumMinor: bigint;
}

/** Checks the bytes of a pain.001 in one pass; memory grows with the number of ids only. Never throws for a bad file. */
export function checkPain001(chunks: Iterable<Uint8Array>, options: CheckOptions = {}): CheckResult {
  const check = new FileCheck(options);
  const scanner = new XmlScanner(check.names, check, STREAM_LIMITS);
  check.scanner = scanner;
  const decoder = new ByteDecoder();
  const buffer = new ScanBuffer(scanner);
  try {
    let bytesSeen = 0;
    const feed = (piece: Uint8Array, final: boolean) => {
      bytesSeen += piece.length;
      if (bytesSeen > STREAM_LIMITS.maxBytes)
        throw refusal("FILE_TOO_LARGE", "file", `more than ${STREAM_LIMITS.maxBytes} bytes`);
      const { bytes, fault } = decoder.decode(piece, final);
      buffer.scan(bytes, final && fault === undefined);
      if (fault !== undefined) buffer.refuseAtEnd(fault.code, fault.found);
    };
    for (const piece of chunks) feed(piece, false);
    feed(new Uint8Array(0), true);
  } catch (error) {
    if (!(error instanceof RemitError) || error.code !== "BANK_FILE_INVALID") throw error;
    check.refused(error.findings);
  }
  return check.result();
}

class FileCheck implements XmlSink {
  readonly names = new NameTable();
  scanner: XmlScanner | undefined;
  readonly #options: CheckOptions;
  readonly #findings: Finding[] = [];
  readonly #notices: Finding[] = [];
  #version: string | undefined;
  #walk: StructureWalk | undefined;
  #rules: PaymentRules | undefined;
  /** True from the root on when the file is no message that is described. */
  #unknown = false;

  constructor(options: CheckOptions) {
    this.#options = options;
  }

  open(name: number, namespace: string, depth: number): boolean {
    const text = this.names.texts[name] ?? "";
    if (depth === 1) this.#begin(text, namespace);
    if (this.#unknown) return false;
    if (text === "InstdAmt") this.#rules?.currency(this.#attribute("Ccy"));
    return this.#walk?.open(text, this.scanner?.line ?? 0) ?? false;
  }

  strayText(_depth: number): void {
    this.#walk?.strayText(this.scanner?.line ?? 0);
  }

  close(_depth: number, text: string): void {
    if (!this.#unknown) this.#walk?.close(text);
  }

  refused(findings: readonly Finding[]): void {
    for (const finding of findings) this.#add(this.#findings, finding);
  }

  result(): CheckResult {
    return {
      ok: this.#findings.length === 0,
      findings: this.#findings,
      notices: this.#notices,
      ...(this.#version === undefined ? {} : { version: this.#version }),
      ...(this.#rules?.messageId === undefined ? {} : { messageId: this.#rules.messageId }),
      count: this.#rules?.count ?? 0,
      sumMinor: this.#rules?.sumMinor ?? 0n,
    };
  }

  #begin(root: string, namespace: string): void {
    const { profile } = this.#options;
    this.#version = versionIn(namespace) ?? profile?.message;
    const described = this.#version === undefined ? undefined : DESCRIPTIONS[this.#version];
    const place = { line: this.scanner?.line ?? 1, path: root };
    const right = this.#version === undefined ? undefined : `urn:iso:std:iso:20022:tech:xsd:${this.#version}`;
    if (root !== "Document" || described === undefined || this.#version === undefined) {
      this.#unknown = true;
      const found = kindOfElement(root) === undefined ? `${root} of ${namespace || "no namespace"}` : root;
      this.#fault("MESSAGE_UNKNOWN", place, found, `Document of ${Object.keys(DESCRIPTIONS).join(" or ")}`);
      return;
    }
    if (namespace !== right) this.#fault("NAMESPACE", place, namespace || "no namespace", right ?? "");
    if (profile !== undefined && profile.message !== this.#version) {
      this.#fault(
        "VERSION_NOT_TAKEN",
        place,
        this.#version,
        `${profile.message}, which profile ${profile.name} asks for`,
      );
    }
    const rules = new PaymentRules(this.#version, this.#options, {
      fault: (code, at, found, expected) => this.#fault(code, at, found, expected),
      notice: (code, at, found, expected) => this.#add(this.#notices, { code, where: where(at), found, expected }),
    });
    this.#rules = rules;
    this.#walk = new StructureWalk(described, {
      fault: (code, at, found, expected) => this.#fault(code, at, found, expected),
      outside: (at) => rules.outside(at),
      left: (path, at) => rules.left(path, at),
      text: (path, text, at) => rules.text(path, text, at),
    });
  }

  #attribute(name: string): string | undefined {
    return this.scanner?.attributes.find((attribute) => this.names.texts[attribute.name] === name)?.value;
  }

  #fault(code: string, place: Place, found: string, expected: string): void {
    const id = this.#rules?.endToEndId;
    const inTransfer = id !== undefined && place.path.includes("CdtTrfTxInf");
    this.#add(this.#findings, { code, where: inTransfer ? `${where(place)} ${id}` : where(place), found, expected });
  }

  #add(list: Finding[], finding: Finding): void {
    if (list.length < (this.#options.maxFindings ?? 10_000)) list.push(finding);
  }
}

function where({ line, path }: Place): string {
  return `line ${line}: ${path}`;
}
