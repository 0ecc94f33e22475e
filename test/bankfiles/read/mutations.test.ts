/** Damaged files never bring the reader down, and nothing that is not XML gets through it. */
import { XmlDocument } from "libxml2-wasm";
import { describe, expect, it } from "vitest";
import { type ReadResult, readBankFile } from "../../../src/bankfiles/read/read-bank-file.ts";
import { mutateBytes, mutateTree, seeded } from "./mutate.ts";
import { sample, sampleNames } from "./sample-folder.ts";

const RUNS = 100_000;
/** Each batch is a test of its own, so that a hang is seen as one. */
const BATCH = 10_000;
const COMPARED = 15_000;
const VALID = sampleNames()
  .filter((name) => !name.startsWith("pain001"))
  .map((name) => sample(`${name}.xml`));

function damaged(seed: number): Buffer {
  const random = seeded(seed);
  const bytes = VALID[random(VALID.length)] ?? Buffer.alloc(0);
  return seed % 2 === 0
    ? mutateBytes(bytes, random)
    : Buffer.from(mutateTree(bytes.toString("latin1"), random), "latin1");
}

/** Why a result is not one, if it is not. */
function flaw(result: ReadResult): string | undefined {
  const findings = result.ok ? result.document.findings : result.findings;
  if (!result.ok && findings.length === 0) return "refused without a reason";
  const bare = findings.find(({ code, where, expected }) => code === "" || where === "" || expected === "");
  return bare === undefined ? undefined : `a finding without ${JSON.stringify(bare)}`;
}

function isWellFormed(bytes: Buffer): boolean {
  try {
    XmlDocument.fromBuffer(bytes).dispose();
    return true;
  } catch {
    return false;
  }
}

describe(`${RUNS} damaged statements and status reports`, () => {
  it.each(Array.from({ length: RUNS / BATCH }, (_, index) => index * BATCH))(
    "are read or refused with a reason, from %i on",
    (from) => {
      const seen = { read: 0, refused: 0 };
      for (let seed = from + 1; seed <= from + BATCH; seed++) {
        const result = readBankFile(damaged(seed));
        const wrong = flaw(result);
        if (wrong !== undefined) expect.fail(`seed ${seed}: ${wrong}`);
        seen[result.ok ? "read" : "refused"]++;
      }
      expect(seen.read).toBeGreaterThan(BATCH / 20);
      expect(seen.refused).toBeGreaterThan(BATCH / 20);
    },
  );

  it("are refused wherever libxml2 says that they are no XML", () => {
    const accepted: number[] = [];
    for (let seed = 1; seed <= COMPARED; seed++) {
      const bytes = damaged(seed);
      if (readBankFile(bytes).ok && !isWellFormed(bytes)) accepted.push(seed);
    }
    expect(accepted).toEqual([]);
  });
});
