/** Reads what a bank sends, and the files we send it: pain.001, pain.002, camt.052, camt.053, camt.054. */
import { RemitError } from "../../domain/errors.ts";
import type { Finding } from "../../domain/finding.ts";
import { BankMessage, messageNames } from "./bank-message.ts";
import { ByteDecoder } from "./byte-decoder.ts";
import type { BankDocument } from "./document.ts";
import { FindingList } from "./finding-list.ts";
import type { BankFileHandlers } from "./handlers.ts";
import { type ReadLimits, STREAM_LIMITS, WHOLE_FILE_LIMITS } from "./read-limits.ts";
import { refusal } from "./refusal.ts";
import { ScanBuffer } from "./scan-buffer.ts";
import { XmlScanner } from "./xml-scanner.ts";

export interface ReadOptions {
  readonly limits?: Partial<ReadLimits>;
}

export type ReadResult =
  | { readonly ok: true; readonly document: BankDocument }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** One file being read: bytes go in piece by piece, parts of the message go to the handlers. */
class FileReading {
  readonly #limits: ReadLimits;
  readonly #findings: FindingList;
  readonly #message: BankMessage;
  readonly #decoder = new ByteDecoder();
  readonly #buffer: ScanBuffer;
  #bytes = 0;

  constructor(limits: ReadLimits, handlers: BankFileHandlers) {
    this.#limits = limits;
    this.#findings = new FindingList(limits.maxFindings);
    this.#message = new BankMessage({ handlers, finding: (finding) => this.#findings.add(finding) });
    const scanner = new XmlScanner(messageNames(), this.#message, limits);
    this.#message.use(scanner);
    this.#buffer = new ScanBuffer(scanner);
  }

  push(piece: Uint8Array, final: boolean): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#limits.maxBytes) {
      throw refusal("FILE_TOO_LARGE", `byte ${this.#limits.maxBytes}`, `more than ${this.#limits.maxBytes} bytes`);
    }
    const { bytes, fault } = this.#decoder.decode(piece, final);
    this.#buffer.scan(bytes, final && fault === undefined);
    if (fault !== undefined) this.#buffer.refuseAtEnd(fault.code, fault.found);
  }

  result(): ReadResult {
    const document = this.#message.document(this.#findings.list());
    if (document !== undefined) return { ok: true, document };
    return this.refused(refusal("MESSAGE_UNKNOWN", "line 1", "a document without message"));
  }

  /** What a refusal makes of the reading; any other error is a fault of this program and goes on. */
  refused(error: unknown): ReadResult {
    if (!(error instanceof RemitError) || error.code !== "BANK_FILE_INVALID") throw error;
    return { ok: false, findings: [...error.findings, ...this.#findings.list()] };
  }
}

/**
 * Reads a whole file in memory. Never throws because of its content: a file that is refused as a whole (not XML, cut,
 * wrong bytes, a document type, a message we do not know) answers `ok: false` with the place of the fault first; whatever
 * is strange within a file that can be read is among the document's findings, at the entry it belongs to.
 */
export function readBankFile(bytes: Uint8Array, options: ReadOptions = {}): ReadResult {
  const reading = new FileReading({ ...WHOLE_FILE_LIMITS, ...options.limits }, {});
  try {
    reading.push(bytes, true);
    return reading.result();
  } catch (error) {
    return reading.refused(error);
  }
}

/**
 * Reads a file piece by piece in constant memory: each entry, status and transfer goes to its handler when it ends.
 * Parts without a handler are kept in the document, as readBankFile keeps them. What the handlers were given counts only
 * when the answer is `ok: true`. Errors of the source and of the handlers go to the caller.
 */
export async function readBankFileStream(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  handlers: BankFileHandlers = {},
  options: ReadOptions = {},
): Promise<ReadResult> {
  const reading = new FileReading({ ...STREAM_LIMITS, ...options.limits }, handlers);
  try {
    for await (const piece of source) reading.push(piece, false);
    reading.push(new Uint8Array(0), true);
    return reading.result();
  } catch (error) {
    return reading.refused(error);
  }
}
