import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bookedFacts } from "../../../src/bankfiles/meaning/booked-facts.ts";
import { meaningOfPain002 } from "../../../src/bankfiles/meaning/payment-status.ts";
import { readBankFile } from "../../../src/bankfiles/read/read-bank-file.ts";

const SAMPLES = new URL("../../../../shared/samples/", import.meta.url);
const files = (folder: string) =>
  existsSync(SAMPLES) ? readdirSync(new URL(folder, SAMPLES)).map((name) => new URL(`${folder}/${name}`, SAMPLES)) : [];

function documentOf(url: URL) {
  const read = readBankFile(readFileSync(url));
  if (!read.ok) throw new Error(JSON.stringify(read.findings));
  return read.document;
}

describe.runIf(existsSync(SAMPLES))("what banks really send", () => {
  it.each([...files("camt.052"), ...files("camt.053"), ...files("camt.054")])(
    "every booked line of %s is a fact, or a finding where the file names no account",
    (url) => {
      const document = documentOf(url);
      if (!document.kind.startsWith("camt") || !("statements" in document)) throw new Error("not a camt");
      const booked = document.statements.flatMap(({ entries }) => entries).filter(({ status }) => status === "BOOK");
      const { facts, findings } = bookedFacts(document);
      expect(findings.filter(({ code }) => code !== "ACCOUNT_MISSING")).toEqual([]);
      expect(facts.length + findings.length).toBe(booked.length);
      expect(new Set(facts.map(({ identity }) => identity)).size).toBe(facts.length);
    },
  );

  it.each(files("pain.002"))("%s says something of every transfer of the file it answers", (url) => {
    const document = documentOf(url);
    if (document.kind !== "pain.002") throw new Error("not a pain.002");
    const rows = document.payments.flatMap(({ paymentInformationId = "P", transactions }) =>
      transactions
        .filter(({ endToEndId, instructionId }) => endToEndId ?? instructionId)
        .map(({ endToEndId, instructionId, amount = "1", currency = "EUR" }) => ({
          endToEndId: endToEndId ?? `other-${instructionId}`,
          ...(instructionId === undefined ? {} : { instructionId }),
          paymentInformationId,
          amountMinor: BigInt(Math.round(Number(amount) * 100)),
          currency,
        })),
    );
    const meaning = meaningOfPain002(
      { ...document, original: { ...document.original, kind: "pain.001" } },
      (messageId) => ({ messageId, transfers: rows }),
    );
    const unclear = meaning.findings.filter(({ code }) => code.startsWith("TRANSACTION") || code === "STATUS_UNKNOWN");
    expect(unclear).toEqual([]);
    expect(meaning.statuses.filter(({ kind }) => kind === "none")).toEqual([]);
  });
});
