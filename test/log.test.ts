import { describe, expect, it } from "vitest";
import { createLog } from "../src/log.ts";

const lines: string[] = [];
const log = createLog({ level: "info", to: { write: (line: string) => void lines.push(line) } });

/** The one line that the call wrote. */
function line(write: () => void): string {
  lines.length = 0;
  write();
  return lines.join("");
}

describe("the log", () => {
  it.each<[string, () => void, string]>([
    ["an IBAN in the message", () => log.info("paid FR7630006000011234567890189"), "30006000011234567890"],
    ["an IBAN in groups", () => log.info("paid FR76 3000 6000 0112 3456 7890 189"), "0112 3456"],
    ["an IBAN deep inside", () => log.info({ a: { b: [{ c: "DE89370400440532013000" }] } }), "370400440532013"],
    ["an IBAN in an error", () => log.error({ err: new Error("no DE89370400440532013000") }), "370400440532013"],
    ["a card number", () => log.info("card 4111 1111 1111 1111"), "4111 1111 1111 1111"],
    ["a signing secret", () => log.info({ endpoint: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }), "MfKQ9r8G"],
    ["a password in a URL", () => log.info("at redis://app:hunter2secret@host:6379"), "hunter2secret"],
    ["a secret by its field", () => log.info({ password: "hunter2secret", bank: { passphrase: "hunter3" } }), "hunter"],
  ])("hides %s and stays JSON", (_says, write, secret) => {
    const written = line(write);
    expect(written).not.toContain(secret);
    expect(JSON.parse(written)).toMatchObject({ time: expect.stringMatching(/^\d{4}-/) });
  });

  it("leaves ids, amounts and times as they are", () => {
    const facts = { endToEndId: "T20261120-EUR-0123456789ABCDEFGHJK", amount: "1234567.89", date: "2026-11-20" };
    expect(JSON.parse(line(() => log.info(facts, "told")))).toMatchObject(facts);
  });
});
