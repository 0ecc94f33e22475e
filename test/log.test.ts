import { describe, expect, it } from "vitest";
import { createLog } from "../src/log.ts";
import { scrub } from "../src/scrub.ts";

const IBAN = "DE89370400440532013000";
const CARD = "4111111111111111";
const WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PRIVATE_KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----";

/** What must never be found in a line, whatever was logged. */
const READABLE = /370400440|3704 0044|411111111|4111[ -]1111|MfKQ9r8G|b3BlbnNz|hunter2|Zm9vOmJhcmJheg|eyJhbGciOi/;

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog({ level: "info", to: { write: (text: string) => lines.push(text) } }));
  return lines.join("");
}

describe("a log line", () => {
  it.each<[string, (log: ReturnType<typeof createLog>) => void]>([
    ["an IBAN in the message", (log) => log.info(`paid to ${IBAN}.`)],
    ["an IBAN in groups", (log) => log.info("paid to DE89 3704 0044 0532 0130 00 today")],
    ["an IBAN in lower case", (log) => log.info(`paid to ${IBAN.toLowerCase()}`)],
    ["an IBAN after a line break", (log) => log.info(`paid to\n${IBAN}\n`)],
    ["two IBANs", (log) => log.info(`${IBAN} and ${IBAN}`)],
    ["an IBAN in a field", (log) => log.info({ iban: IBAN }, "x")],
    ["an IBAN four levels deep", (log) => log.info({ a: { b: { c: { iban: IBAN } } } }, "x")],
    ["an IBAN in an error", (log) => log.error(new Error(`no account ${IBAN}`))],
    ["an IBAN in a cause", (log) => log.error({ err: new Error("x", { cause: new Error(IBAN) }) }, "x")],
    ["an IBAN bound to a child", (log) => log.child({ iban: IBAN }).info("x")],
    ["a card number in the message", (log) => log.info(`card ${CARD}`)],
    ["a card number after a line break", (log) => log.info(`card\n${CARD}`)],
    ["a card number after a tab", (log) => log.info(`card\t${CARD}\tx`)],
    ["a card number in groups", (log) => log.info("card 4111-1111-1111-1111, 4111 1111 1111 1111")],
    ["a card number between commas", (log) => log.info(`a,${CARD},b "${CARD}" :${CARD}}`)],
    ["a card number as a number", (log) => log.info({ card: Number(CARD), list: [Number(CARD), Number(CARD)] }, "x")],
    ["a card number as a negative number", (log) => log.info({ card: -Number(CARD) }, "x")],
    ["a card number in an error's stack", (log) => log.error({ err: new Error(CARD) }, "x")],
    ["a signing secret", (log) => log.info(`secret ${WEBHOOK_SECRET}`)],
    ["a signing secret in a list", (log) => log.info({ endpoint: { secrets: [WEBHOOK_SECRET] } }, "x")],
    ["a private key", (log) => log.info(PRIVATE_KEY)],
    ["a private key in a field", (log) => log.info({ bank: { sftp: { identity: PRIVATE_KEY } } }, "x")],
    ["a password", (log) => log.info({ password: "hunter2" }, "x")],
    ["a password four levels deep", (log) => log.info({ a: { b: { c: { password: 'a"hunter2' } } } }, "x")],
    ["a passphrase in a child", (log) => log.child({ bank: { key: { passphrase: "hunter2" } } }).info("x")],
    ["a password in a URL", (log) => log.info("connect postgres://remit:hunter2@db.example/remit")],
    ["a bearer key", (log) => log.info("authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.x")],
    ["a basic key", (log) => log.info("authorization: Basic Zm9vOmJhcmJheg==")],
    ["an authorization header", (log) => log.info({ headers: { authorization: "Bearer eyJhbGciOi" } }, "x")],
  ])("shows nobody %s, and stays JSON", (_name, write) => {
    const line = logged(write);
    expect(line).not.toMatch(READABLE);
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), time: expect.stringMatching(/^\d{4}-/) });
  });

  it("keeps enough to tell accounts and cards apart", () => {
    const line = logged((log) => log.info({ iban: IBAN, card: CARD }, "x"));
    expect(JSON.parse(line)).toMatchObject({ iban: "DE89****3000", card: "************1111" });
  });

  it("keeps everything that is no secret", () => {
    const fields = {
      reference: "T20261120-EUR-39C7QMJQF61PBRYN160Q",
      amount: "1234567.89",
      minor: 123456789,
      at: 1763668800006,
      duration: 0.4111111111111111,
      id: "550e8400-e29b-41d4-a716-446655440000",
      text: 'a "quoted" \\ back\\nslash\nline',
      sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    };
    expect(JSON.parse(logged((log) => log.info(fields, "paid 12 transfers")))).toMatchObject({
      ...fields,
      msg: "paid 12 transfers",
    });
  });

  it("below the level is not written", () => {
    expect(logged((log) => log.debug(IBAN))).toBe("");
  });
});

describe("scrubbing plain text", () => {
  it("masks without making it JSON", () => {
    expect(scrub(`to ${IBAN}, ${CARD}, ${WEBHOOK_SECRET}`)).toBe("to DE89****3000, ************1111, whsec_***");
  });
});
