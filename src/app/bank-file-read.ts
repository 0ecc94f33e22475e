/** Reads a bank file from disk and writes it out as JSON, entry by entry: neither is ever in memory whole. */
import { createReadStream } from "node:fs";
import { DocumentPrinter } from "../bankfiles/read/document-printer.ts";
import { readBankFileStream } from "../bankfiles/read/read-bank-file.ts";
import type { Finding } from "../domain/finding.ts";

export interface BankFileReading {
  /** Whether the file was understood without any finding. */
  readonly ok: boolean;
  /** Whether the file is refused as a whole: then nothing of it was written. */
  readonly refused: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Writes the JSON of a bank file in pieces (the shape of design.md, section 6), or for a refused file
 * `{ "ok": false, "findings": [...] }`. The file is read twice, first to see that it is whole and well-formed, so that
 * no entry of a file that is cut or broken is ever handed on. `write` may return a promise to slow the reading down.
 * Throws what the file system throws.
 */
export async function readBankFileToJson(
  path: string,
  write: (piece: string) => void | Promise<void>,
): Promise<BankFileReading> {
  const discard = () => {};
  const silent = { entry: discard, statement: discard, transaction: discard, paymentStatus: discard };
  const first = await readBankFileStream(createReadStream(path), { ...silent, transfer: discard, payment: discard });
  if (!first.ok) {
    await write(`${JSON.stringify(first)}\n`);
    return { ok: false, refused: true, findings: first.findings };
  }
  const printer = new DocumentPrinter();
  async function* source(): AsyncGenerator<Uint8Array> {
    for await (const piece of createReadStream(path)) {
      yield piece;
      const text = printer.take();
      if (text !== "") await write(text);
    }
  }
  const second = await readBankFileStream(source(), printer.handlers);
  printer.end(second);
  await write(`${printer.take()}\n`);
  const findings = second.ok ? second.document.findings : second.findings;
  return { ok: findings.length === 0, refused: !second.ok, findings };
}
