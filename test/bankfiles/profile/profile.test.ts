import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadProfile, profileNames, readProfile, shippedProfilesFolder } from "../../../src/app/bank-profiles.ts";
import { parseProfile } from "../../../src/bankfiles/profile/profile.ts";

function jsonOf(name: string): Record<string, never> {
  return JSON.parse(readFileSync(join(shippedProfilesFolder(), `${name}.json`), "utf8"));
}

/** A copy of the sandbox profile with the value at a dotted path replaced. */
function sandboxWith(path: string, value: unknown): unknown {
  const json: unknown = jsonOf("sandbox");
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let place = json as Record<string, unknown>;
  for (const key of keys) {
    if (place[key] === undefined) place[key] = {};
    place = place[key] as Record<string, unknown>;
  }
  place[last] = value;
  return json;
}

function places(json: unknown): readonly string[] {
  const result = parseProfile(json, "x.json");
  return result.ok ? [] : result.findings.map(({ where }) => where.replace("x.json: ", ""));
}

describe("bank profiles", () => {
  it("ships the seven of the design, all right", () => {
    expect(profileNames()).toEqual(["ch", "de", "de-v03", "sandbox", "sepa", "sepa-instant", "sepa-v03"]);
    for (const name of profileNames()) expect(readProfile(name)).toMatchObject({ ok: true, profile: { name } });
  });

  it.each([
    ["message", "pain.001.001.05"],
    ["charset", "latin"],
    ["batchBooking", "yes"],
    ["surprise", 1],
    ["limits.transfersPerFile", 0],
    ["limits.surprise", 1],
    ["limits.daysAhead", -1],
    ["execution.zone", "Europe/Atlantis"],
    ["execution.cutoff", "25:00"],
    ["execution.closedDays.0", "2026-02-30"],
    ["services.0.currencies.0", "EURO"],
    ["services.0.currencies.0", "JPY"],
    ["services.0.chargeBearer", "OUR"],
    ["services.0.amount.minimum", "0.001"],
    ["initiatingParty.id", "a_b"],
    ["initiatingParty.lei", "5299"],
    ["exchange.folders.outbound", "../etc"],
    ["exchange.tempSuffix", "part"],
    ["exchange.hostKeys.0", "MD5:aa"],
    ["exchange.answers.0.by", "soon"],
    ["exchange.answers.0.kind", "mt940"],
    ["exchange.fileNames.maxLength", 3],
    ["exchange.pgp.surprise", true],
  ])("find a fault at %s", (path, value) => {
    const json = sandboxWith(path, value);
    if (path.startsWith("execution.closedDays")) sandboxArray(json, "closedDays");
    const place = path.replace(/\.(\d+)/g, "[$1]");
    expect(
      places(json).some((found) => found === place || found.startsWith(`${place}.`) || place.startsWith(found)),
    ).toBe(true);
  });

  it.each([
    ["address.form", "lines", "address.form"],
    ["limits.transfersPerPayment", 100_001, "limits.transfersPerPayment"],
    ["services.0.amount", { minimum: "5.00", maximum: "1.00" }, "services[0].amount"],
    ["services.1.name", "sct", "services[1].name"],
    ["services.0.categoryPurpose", "RENT", "services[0].categoryPurpose"],
    ["exchange.folders", { outbound: "in", inbound: "out" }, "exchange.folders.archive"],
    ["exchange.cutoffWindows", [{ from: "10:00", to: "09:00" }], "exchange.cutoffWindows[0]"],
    ["exchange.fileNames.outbound", "payments.xml", "exchange.fileNames.outbound"],
    ["exchange.fileNames.outbound", "{messageId}/x.xml", "exchange.fileNames.outbound"],
    ["exchange.fileNames.outbound", "{nothing}.xml", "exchange.fileNames.outbound"],
    ["exchange.fileNames.inbound", [{ pattern: "*.part", kind: "any" }], "exchange.fileNames.inbound[0].pattern"],
    ["exchange.stat", false, "exchange.readBack"],
    ["exchange.pgp", { encrypt: false, sign: false, decrypt: false }, "exchange.pgp"],
  ])("find the contradiction of %s = %j", (path, value, place) => {
    expect(places(sandboxWith(path, value))).toEqual([place]);
  });

  it("list every fault at once, of the form and of sense", () => {
    const json = {
      name: "X Y",
      message: "pain.001.001.09",
      address: { form: "lines" },
      services: [],
      more: 1,
      limits: { transfersPerFile: "x" },
    };
    expect([...places(json)].sort()).toEqual(["address.form", "limits.transfersPerFile", "more", "name", "services"]);
  });

  it.each([null, 1, "x", [], {}])("find faults in %j", (json) => {
    expect(places(json).length).toBeGreaterThan(0);
  });

  it("load once, and refuse a name that is none or leaves the folder", () => {
    expect(loadProfile("sepa")).toBe(loadProfile("sepa"));
    expect(() => loadProfile("nope")).toThrow(/one of ch, de/);
    expect(() => loadProfile("../banks/sepa")).toThrow(/no such record/);
  });
});

/** `sandboxWith` makes objects on its way; this one must be a list. */
function sandboxArray(json: unknown, key: string): void {
  const { execution } = json as { execution: Record<string, unknown> };
  execution[key] = Object.values(execution[key] ?? {});
}
