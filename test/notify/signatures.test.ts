import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { secretOf, signatureProblem, signMessage } from "../../src/notify/signatures.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = secretOf(new Uint8Array(32).fill(7));
const MESSAGE = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  secrets: [SECRET],
};
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

function problem(change: {
  id?: string;
  timestamp?: string;
  signature?: string;
  body?: string;
  secrets?: string[];
  now?: number;
}) {
  const headers = { id: MESSAGE.id, timestamp: "1614265330", signature: SIGNATURE, ...change };
  const trust = { secrets: change.secrets ?? [SECRET], nowSeconds: change.now ?? MESSAGE.timestamp };
  return signatureProblem(headers, change.body ?? MESSAGE.body, trust);
}

describe("signing", () => {
  it("gives the published vector of Standard Webhooks", () => {
    expect(signMessage(MESSAGE)).toBe(SIGNATURE);
  });

  it("signs with every secret while one is being replaced, and a receiver with either accepts", () => {
    const now = Math.floor(Date.now() / 1000);
    const signature = signMessage({ ...MESSAGE, timestamp: now, secrets: [SECRET, OTHER] });
    expect(signature.split(" ")).toHaveLength(2);
    for (const secret of [SECRET, OTHER]) {
      const headers = {
        "webhook-id": MESSAGE.id,
        "webhook-timestamp": String(now),
        "webhook-signature": signature,
      };
      expect(new Webhook(secret).verify(MESSAGE.body, headers)).toEqual({ test: 2432232314 });
    }
  });

  it("agrees with the reference library for any body and key", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.uint8Array({ minLength: 24, maxLength: 64 }),
        fc.integer({ min: 1, max: 4_000_000_000 }),
        (body, key, timestamp) => {
          const secret = secretOf(key);
          const theirs = new Webhook(secret).sign("msg_1", new Date(timestamp * 1000), body);
          expect(signMessage({ id: "msg_1", timestamp, body, secrets: [secret] })).toBe(theirs);
        },
      ),
    );
  });

  it.each([
    [{ id: "" }],
    [{ id: "a.b" }],
    [{ id: "a b" }],
    [{ id: "a\nb" }],
    [{ timestamp: 1.5 }],
    [{ timestamp: Number.NaN }],
    [{ secrets: [] }],
  ])("refuses %j", (change) => {
    expect(() => signMessage({ ...MESSAGE, ...change })).toThrow("an id without dots");
  });

  it.each([
    ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "no prefix"],
    ["whsec_", "empty"],
    ["whsec_MfKQ9r8GKYqrTwjUPD8I", "15 bytes"],
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", "not base64"],
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "a line break"],
    [`whsec_${Buffer.alloc(65).toString("base64")}`, "65 bytes"],
  ])("refuses the secret %j (%s) without repeating it", (secret) => {
    const sign = () => signMessage({ ...MESSAGE, secrets: [secret] });
    expect(sign).toThrow("24 to 64 bytes");
    expect(sign).not.toThrow("MfKQ");
  });
});

describe("verifying", () => {
  it.each([
    ["as sent", {}, undefined],
    ["by one of two secrets", { secrets: [OTHER, SECRET] }, undefined],
    ["with one good signature among others", { signature: `v1,AAAA v1a,zzz ${SIGNATURE} v2,x` }, undefined],
    ["299 s later", { now: MESSAGE.timestamp + 299 }, undefined],
    ["300 s later", { now: MESSAGE.timestamp + 300 }, undefined],
    ["301 s later", { now: MESSAGE.timestamp + 301 }, "TOO_OLD"],
    ["299 s early", { now: MESSAGE.timestamp - 299 }, undefined],
    ["301 s early", { now: MESSAGE.timestamp - 301 }, "TOO_NEW"],
    ["by another secret", { secrets: [OTHER] }, "NO_MATCH"],
    ["by no secret", { secrets: [] }, "NO_MATCH"],
    ["with another body", { body: '{"test": 2432232315}' }, "NO_MATCH"],
    ["with another id", { id: "msg_other" }, "NO_MATCH"],
    ["with another timestamp", { timestamp: "1614265331" }, "NO_MATCH"],
    ["with part of the signature", { signature: SIGNATURE.slice(0, -4) }, "NO_MATCH"],
    ["with the version alone", { signature: "v1," }, "NO_MATCH"],
    ["with another version", { signature: SIGNATURE.replace("v1", "v2") }, "NO_MATCH"],
    ["without an id", { id: "" }, "HEADER_MISSING"],
    ["without a timestamp", { timestamp: "" }, "HEADER_MISSING"],
    ["without a signature", { signature: "" }, "HEADER_MISSING"],
    ["with words for a timestamp", { timestamp: "hello" }, "TIMESTAMP_INVALID"],
    ["with digits and words", { timestamp: "1614265330x" }, "TIMESTAMP_INVALID"],
  ] as const)("%s", (_name, change, expected) => {
    expect(problem({ ...change } as Parameters<typeof problem>[0])).toBe(expected);
  });

  it("notices every single flipped bit of body and signature", () => {
    for (const [field, text] of Object.entries({ body: MESSAGE.body, signature: SIGNATURE.slice(3) })) {
      for (let bit = 0; bit < text.length * 7; bit += 1) {
        const index = Math.floor(bit / 7);
        const flipped = String.fromCharCode(text.charCodeAt(index) ^ (1 << (bit % 7)));
        const changed = text.slice(0, index) + flipped + text.slice(index + 1);
        expect(problem(field === "body" ? { body: changed } : { signature: `v1,${changed}` })).toBe("NO_MATCH");
      }
    }
  });
});
