import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadProfile } from "../src/app/bank-profiles.ts";
import { channelSettings, pgpSettings } from "../src/banks.ts";
import { parseConfig } from "../src/config.ts";
import { tempDir } from "./support/temp-dir.ts";

const PROFILE = loadProfile("sandbox");
const PIN = `SHA256:${"a".repeat(43)}`;
const keyFile = join(tempDir(), "key");
writeFileSync(keyFile, "the key\n");
const config = parseConfig({
  banks: {
    shared: { kind: "folder", path: "/srv/bank" },
    remote: {
      kind: "sftp",
      host: "bank.example",
      user: "us",
      hostKeys: [PIN],
      privateKey: { file: keyFile },
      allowedAddresses: ["203.0.113.0/24"],
      pgp: {
        bankKeys: [{ file: keyFile }, { value: "the bank's old key" }],
        ourKeys: [{ key: { file: keyFile }, passphrase: { value: "secret" } }],
      },
    },
    broken: {
      kind: "sftp",
      host: "bank.example",
      user: "us",
      hostKeys: [PIN],
      password: { env: "REMIT_NO_SUCH_VARIABLE" },
    },
  },
});

describe("the channel of a bank", () => {
  it("over SFTP has its secrets read, its pins and its networks", () => {
    expect(channelSettings(config, "remote", PROFILE)).toEqual({
      kind: "sftp",
      host: "bank.example",
      port: 22,
      user: "us",
      hostKeys: [PIN],
      privateKey: "the key",
      allowedNetworks: ["203.0.113.0/24"],
    });
  });

  it("adds the pins and algorithms of the bank's profile", () => {
    const other = `SHA256:${"b".repeat(43)}`;
    const exchange = {
      ...PROFILE.exchange,
      hostKeys: [PIN, other],
      algorithms: { kex: ["diffie-hellman-group14-sha256"] },
    };
    expect(channelSettings(config, "remote", { ...PROFILE, exchange })).toMatchObject({
      hostKeys: [PIN, other],
      algorithmExceptions: { kex: ["diffie-hellman-group14-sha256"] },
    });
  });

  it("in a folder has its absolute path", () => {
    expect(channelSettings(config, "shared", PROFILE)).toEqual({ kind: "folder", root: "/srv/bank" });
  });

  it("that nobody configured is refused with those there are", () => {
    expect(() => channelSettings(config, "other", PROFILE)).toThrow(/no bank "other".*shared, remote, broken/);
  });

  it("without its secret is refused by the place where it should be", () => {
    expect(() => channelSettings(config, "broken", PROFILE)).toThrow(/banks\.broken\.password.*REMIT_NO_SUCH_VARIABLE/);
  });
});

describe("the OpenPGP keys of a bank", () => {
  it("are read from where the configuration says, newest first", () => {
    expect(pgpSettings(config, "remote")).toEqual({
      bankKeys: ["the key", "the bank's old key"],
      ourKeys: [{ armored: "the key", passphrase: "secret" }],
    });
  });

  it("that nobody configured are refused by the place where they should be", () => {
    expect(() => pgpSettings(config, "shared")).toThrow(/banks\.shared\.pgp/);
  });
});
