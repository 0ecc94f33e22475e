/** The JSON of `remit bank-file read`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readBankFileToJson } from "../../src/app/bank-file-read.ts";
import { readBankFile } from "../../src/bankfiles/read/read-bank-file.ts";
import { sample, sampleNames, samplePath } from "../bankfiles/read/sample-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "remit-read-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function printed(path: string) {
  const pieces: string[] = [];
  const reading = await readBankFileToJson(path, (piece) => {
    pieces.push(piece);
  });
  return { reading, pieces, json: JSON.parse(pieces.join("")) };
}

describe("printing a bank file as JSON", () => {
  it.each(sampleNames())("%s: piece by piece it is the document that reading it whole gives", async (name) => {
    const { reading, json } = await printed(samplePath(`${name}.xml`));
    const whole = readBankFile(sample(`${name}.xml`));
    expect(json).toEqual(whole.ok && whole.document);
    expect(reading).toEqual({ ok: json.findings.length === 0, refused: false, findings: json.findings });
  });

  it("prints nothing of a file whose last byte is missing but the finding", async () => {
    const path = join(folder, "cut.xml");
    writeFileSync(path, sample("camt053-v08-payouts.xml").subarray(0, -3));
    const { reading, json } = await printed(path);
    expect(json).toMatchObject({ ok: false, findings: [{ code: "FILE_TRUNCATED" }] });
    expect(reading).toMatchObject({ ok: false, refused: true });
  });

  it("prints a long file in many pieces", async () => {
    const path = join(folder, "long.xml");
    const text = sample("camt053-v08-payouts.xml").toString();
    const entries = text.slice(text.indexOf("<Ntry>"), text.lastIndexOf("</Ntry>") + "</Ntry>".length);
    writeFileSync(
      path,
      text.replace(entries, () => entries.repeat(500)),
    );
    const { pieces, json } = await printed(path);
    expect(pieces.length).toBeGreaterThan(10);
    expect(json.statements[0].entries).toHaveLength(1500);
  });
});
