import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readOrder } from "../../src/sandbox/pain001-reader.ts";
import { orderText } from "./order-text.ts";

const read = (text: string) => {
  const reading = readOrder(Buffer.from(text));
  if (reading.kind === "unreadable") throw new Error(reading.unreadable.fault);
  return reading.message;
};

describe("the sandbox bank's reader of orders", () => {
  const text = orderText({ transfers: [{ id: "0012", amount: "1.50", name: "Jörg & Söhne" }] });

  it("keeps ids and amounts as they stand", () => {
    const [payment] = read(text).payments;
    expect(payment?.transfers).toEqual([
      {
        endToEndId: "0012",
        instructionId: "I-0012",
        amount: "1.50",
        currency: "EUR",
        creditorName: "Jörg & Söhne",
        creditorIban: "DE89370400440532013000",
        remittance: "Payout 0012",
        instant: false,
      },
    ]);
  });

  it("takes the date of an execution time, and sees an instant payment", () => {
    const instant = text
      .replace("<Dt>2026-11-20</Dt>", "<DtTm>2026-11-21T10:00:00+01:00</DtTm>")
      .replace("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>TRF</PmtMtd><PmtTpInf><LclInstrm><Cd>INST</Cd></LclInstrm></PmtTpInf>");
    const [payment] = read(instant).payments;
    expect([payment?.executionDate, payment?.transfers[0]?.instant]).toEqual(["2026-11-21", true]);
  });

  it("reads a document whose elements carry a prefix", () => {
    const prefixed = text.replace("<Document xmlns=", "<Document xmlns:p=").replaceAll(/<(\/?)(\w+)/g, "<$1p:$2");
    expect(read(prefixed).messageId).toBe("MSG-1");
  });

  it("names the message it stopped in, when it came that far", () => {
    expect(readOrder(Buffer.from(text.slice(0, text.length - 40)))).toMatchObject({
      kind: "unreadable",
      unreadable: { messageId: "MSG-1" },
    });
  });
});

const SAMPLES = join(import.meta.dirname, "../../../shared/samples/pain.001");

describe.runIf(existsSync(SAMPLES))("the sandbox bank's reader and other people's writers", () => {
  it.each([
    ["php-sepa-xml__pain.001.001.03.xml", "pain.001.001.03"],
    ["sepa_rator__pain.001.001.09.xml", "pain.001.001.09"],
  ])("reads %s, and finds the sums its writer wrote", (name, version) => {
    const message = read(readFileSync(join(SAMPLES, name), "utf8"));
    const transfers = message.payments.flatMap((payment) => payment.transfers);
    expect([message.version, message.count]).toEqual([version, String(transfers.length)]);
    const cents = transfers.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
    expect(Math.round(Number(message.controlSum) * 100)).toBe(cents);
  });
});
