import { describe, expect, it } from "vitest";
import { allowedAddresses } from "../../src/exchange/allowed-hosts.ts";
import { codeOf } from "./bank.ts";

const BANK = ["203.0.113.0/24", "2001:db8::/32"];

describe("addresses a bank's host may have", () => {
  it.each([
    ["203.0.113.7", true],
    ["::ffff:203.0.113.7", true],
    ["2001:db8::1", true],
    ["203.0.114.7", false],
    ["127.0.0.1", false],
    ["2130706433", false],
    ["0x7f.1", false],
    ["127.1", false],
    ["0", false],
    ["::1", false],
    ["::ffff:127.0.0.1", false],
    ["169.254.169.254", false],
    ["localhost", false],
  ])("%s: allowed %j", async (host, allowed) => {
    expect(await codeOf(() => allowedAddresses(host, BANK))).toBe(allowed ? "none" : "ADDRESS_FORBIDDEN");
  });

  it("gives addresses and not the name, so that it is the checked one that is connected", async () => {
    expect(await allowedAddresses("localhost", ["127.0.0.0/8", "::1/128"])).not.toContain("localhost");
    expect(await allowedAddresses("127.1")).toEqual(["127.0.0.1"]);
  });

  it("no networks given allows every address; a network that is none is a fault of the configuration", async () => {
    expect(await allowedAddresses("198.51.100.1")).toEqual(["198.51.100.1"]);
    expect(await codeOf(() => allowedAddresses("127.0.0.1", ["127.0.0.1"]))).toBe("CONFIG_INVALID");
    expect(await codeOf(() => allowedAddresses("bank.invalid", BANK))).toBe("BANK_UNREACHABLE");
  });
});
