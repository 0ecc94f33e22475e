/** Files that are broken, or made to break their reader. */
import { describe, expect, it } from "vitest";
import { type ReadResult, readBankFile, readBankFileStream } from "../../../src/bankfiles/read/read-bank-file.ts";
import type { Finding } from "../../../src/domain/finding.ts";
import { HOSTILE_FILES } from "./hostile-files.ts";
import { HOSTILE_SHAPES } from "./hostile-shapes.ts";
import { inPieces, sample, sampleNames } from "./sample-folder.ts";

/** The reason for the refusal stands before what was strange up to there. */
function firstFinding(result: ReadResult): Finding | undefined {
  return result.ok ? undefined : result.findings[0];
}

describe("a hostile file", () => {
  it("is in the table of refusals, and the set is large", () => {
    expect(sampleNames("hostile/")).toEqual(Object.keys(HOSTILE_FILES).sort());
    expect(Object.keys(HOSTILE_FILES).length + HOSTILE_SHAPES.length).toBeGreaterThanOrEqual(60);
  });

  it.each(Object.keys(HOSTILE_FILES))("%s is refused at its place", async (name) => {
    const [code, where] = HOSTILE_FILES[name] ?? [];
    const bytes = sample(`hostile/${name}.xml`);
    const result = readBankFile(bytes);
    expect(firstFinding(result)).toMatchObject({ code, where });
    for (const size of [1, 5, 64]) expect(await readBankFileStream(inPieces(bytes, size))).toEqual(result);
  });

  it.each(HOSTILE_SHAPES)("$name: refused with a place", ({ code, make }) => {
    const finding = firstFinding(readBankFile(make()));
    expect(finding).toMatchObject({ code, where: expect.stringMatching(/^(line|byte) \d+/) });
  });

  it.each(HOSTILE_SHAPES)("$name: refused alike when it comes in pieces", async ({ code, make }) => {
    const limits = { maxBytes: 128 * 1024 * 1024 };
    expect(firstFinding(await readBankFileStream(inPieces(make(), 64 * 1024), {}, { limits }))).toMatchObject({ code });
  });

  it("fills no memory with findings", () => {
    const entry = '<Ntry><Amt Ccy="EUR">1,0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>';
    const head = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>';
    const result = readBankFile(Buffer.from(`${head}${entry.repeat(20_000)}</Stmt></BkToCstmrStmt></Document>`));
    const findings = result.ok ? result.document.findings : [];
    expect(findings).toHaveLength(10_001);
    expect(findings.at(-1)).toMatchObject({ code: "FINDINGS_CUT", found: "10003 more" });
  });
});
