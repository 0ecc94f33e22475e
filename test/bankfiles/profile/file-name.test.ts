import { describe, expect, it } from "vitest";
import { inboundKind, outboundName, placeholderProblem } from "../../../src/bankfiles/profile/file-name.ts";
import { profileOf } from "../write/sample.ts";

const sandbox = profileOf("sandbox");

function naming(outbound: string, maxLength = 64) {
  const { exchange } = sandbox;
  return { ...sandbox, exchange: { ...exchange, fileNames: { ...exchange.fileNames, outbound, maxLength } } };
}

const file = { messageId: "MSG-7", date: "2026-11-20", time: "14:05", sequence: 3, service: "sct" };

describe("names of outbound files", () => {
  it.each([
    ["{messageId}.xml", "MSG-7.xml"],
    ["{profile}_{date}{time}_{sequence:4}.{service}.xml", "sandbox_202611201405_0003.sct.xml"],
    ["PAIN.{sequence}.{messageId}", "PAIN.3.MSG-7"],
  ])("%s makes %s", (template, name) => {
    expect(outboundName(naming(template), file)).toBe(name);
  });

  it.each([
    ["{messageId}", undefined],
    ["{date}-{sequence:4}", undefined],
    ["{date}", "so that no two files have the same"],
    // Every day has a first file.
    ["{sequence:4}", "so that no two files have the same"],
    ["{messageid}", "placeholders out of"],
    ["{messageId}/x", "besides placeholders only"],
  ])("a template %s is told %s", (template, problem) => {
    if (problem === undefined) expect(placeholderProblem(template)).toBeUndefined();
    else expect(placeholderProblem(template)).toContain(problem);
  });

  it.each([
    ["a slash in the id", "{messageId}.xml", 64, "A/B"],
    ["a space in the id", "{messageId}.xml", 64, "A B"],
    ["a leading dot", "{messageId}.xml", 64, ".A"],
    ["too long", "{messageId}.xml", 35, "M".repeat(32)],
  ])("refuses %s", (_what, template, maxLength, messageId) => {
    expect(() => outboundName(naming(template, maxLength), { ...file, messageId })).toThrow(/file name for message/);
  });
});

describe("names of sealed outbound files", () => {
  it.each([
    [{ encrypt: true, sign: false }, "MSG-7.xml.pgp"],
    [{ encrypt: false, sign: true }, "MSG-7.xml.pgp"],
    [{ encrypt: false, sign: false }, "MSG-7.xml"],
  ])("with %j end in %s", (choice, name) => {
    const profile = naming("{messageId}.xml");
    const pgp = { ...choice, decrypt: true, suffix: ".pgp", format: "armored", warnDays: 30 } as const;
    expect(outboundName({ ...profile, exchange: { ...profile.exchange, pgp } }, file)).toBe(name);
  });
});

describe("names of inbound files", () => {
  it.each([
    ["pain002-1.xml", "pain.002"],
    ["camt053-2026.xml", "camt.053"],
    ["camt054-.xml", "camt.054"],
    ["camt053-2026.xml.part", undefined],
    [".camt053-2026.xml", undefined],
    ["camt053.xml", undefined],
    ["readme.txt", undefined],
  ])("%s is %s", (name, kind) => {
    expect(inboundKind(sandbox, name)).toBe(kind);
  });

  it.each([
    ["a*b*c", "abc", true],
    ["a*b*c", "aXbYbZc", true],
    ["a*b*c", "ac", false],
    ["aa*aa", "aaa", false],
    ["*", "anything", true],
    ["**x", "x", true],
    ["exact.xml", "exact.xml", true],
    ["exact.xml", "exactly.xml", false],
  ])("the pattern %s and the name %s: %s", (pattern, name, fits) => {
    const { exchange } = sandbox;
    const profile = {
      ...sandbox,
      exchange: { ...exchange, fileNames: { ...exchange.fileNames, inbound: [{ pattern, kind: "any" as const }] } },
    };
    expect(inboundKind(profile, name) !== undefined).toBe(fits);
  });
});
