import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recount, writePain001 } from "../../../src/bankfiles/index.ts";
import { messageWith, profileOf, transferWith } from "./sample.ts";

const sepa = profileOf("sepa");
const transfers = ["0.29", "19.99", "1000.01"].map((amount, index) =>
  transferWith({
    endToEndId: `P${index}`,
    amountMinor: BigInt(amount.replace(".", "")),
    remittance: "<CtrlSum>9</CtrlSum> & <InstdAmt",
  }),
);
const xml = [...writePain001(messageWith(transfers), sepa)].join("");

describe("counting a finished file again", () => {
  it("counts from the bytes alone, at both levels", () => {
    expect(recount([Buffer.from(xml)])).toMatchObject({
      messageId: "MSG-20261120-1",
      count: 3,
      sumMinor: 102_029n,
      announcedCount: 3,
      announcedSumMinor: 102_029n,
      payments: [{ paymentInformationId: "MSG-20261120-1-1", count: 3, sumMinor: 102_029n, announcedCount: 3 }],
      agrees: true,
      bytes: Buffer.byteLength(xml),
    });
  });

  it("gives the same count however the bytes are cut", () => {
    const bytes = Buffer.from(xml);
    const whole = recount([bytes]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        expect(recount(pieces)).toEqual(whole);
      }),
    );
  });

  it.each([
    ["a transfer less", (text: string) => text.replace(/ *<CdtTrfTxInf>.*\n/, "")],
    ["an amount changed", (text: string) => text.replace(">0.29<", ">0.30<")],
    ["a count changed", (text: string) => text.replace("<NbOfTxs>3<", "<NbOfTxs>4<")],
    ["the payment's count changed", (text: string) => text.replace(/(<PmtInf>.*)<NbOfTxs>3</s, "$1<NbOfTxs>2<")],
    [
      "the payment's sum changed",
      (text: string) => text.replace(/(<PmtInf>.*)<CtrlSum>1020.29</s, "$1<CtrlSum>1020.28<"),
    ],
  ])("sees %s", (_what, change) => {
    expect(change(xml)).not.toBe(xml);
    expect(recount([change(xml)]).agrees).toBe(false);
  });

  it("refuses amounts that are no numbers", () => {
    expect(() => recount([xml.replace(">0.29<", ">0,29<")])).toThrow(/bank file has faults/);
  });
});
