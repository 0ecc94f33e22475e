/** From a bank's entry in the configuration to the settings of a channel, with its secrets read. */
import { resolve } from "node:path";
import type { BankProfile } from "./bankfiles/profile/profile.ts";
import { type BankConfig, type Config, readSecret } from "./config.ts";
import { RemitError } from "./domain/errors.ts";
import type { ChannelSettings } from "./exchange/open-channel.ts";
import type { PgpSettings } from "./exchange/pgp.ts";

/** CONFIG_INVALID when the configuration has no such bank, or a secret of it cannot be read. */
export function channelSettings(config: Config, name: string, profile: BankProfile): ChannelSettings {
  const bank = bankNamed(config, name);
  return bank.kind === "folder"
    ? { kind: "folder", root: resolve(bank.path) }
    : sftpSettings(bank, `banks.${name}`, profile);
}

/** The OpenPGP keys for a bank, read; CONFIG_INVALID when it has none or one cannot be read. */
export function pgpSettings(config: Config, name: string): PgpSettings {
  const { pgp } = bankNamed(config, name);
  const where = `banks.${name}.pgp`;
  if (pgp === undefined) {
    throw new RemitError("CONFIG_INVALID", { where, found: "nothing", expected: "the keys that its profile asks for" });
  }
  return {
    bankKeys: pgp.bankKeys.map((key, i) => readSecret(key, `${where}.bankKeys[${i}]`)),
    ourKeys: pgp.ourKeys.map(({ key, passphrase }, i) => ({
      armored: readSecret(key, `${where}.ourKeys[${i}].key`),
      ...(passphrase === undefined ? {} : { passphrase: readSecret(passphrase, `${where}.ourKeys[${i}].passphrase`) }),
    })),
  };
}

function bankNamed(config: Config, name: string): BankConfig {
  const bank = config.banks[name];
  if (bank !== undefined) return bank;
  throw new RemitError("CONFIG_INVALID", {
    where: "banks",
    found: `no bank ${JSON.stringify(name)}`,
    expected: `one of ${Object.keys(config.banks).join(", ") || "the banks that the configuration lists (none)"}`,
  });
}

function sftpSettings(
  bank: Extract<BankConfig, { kind: "sftp" }>,
  where: string,
  { exchange }: BankProfile,
): ChannelSettings {
  const secrets = (["password", "privateKey", "passphrase"] as const).flatMap((field) => {
    const source = bank[field];
    return source === undefined ? [] : [[field, readSecret(source, `${where}.${field}`)] as const];
  });
  return {
    kind: "sftp",
    host: bank.host,
    port: bank.port,
    user: bank.user,
    hostKeys: [...new Set([...bank.hostKeys, ...(exchange.hostKeys ?? [])])],
    ...(exchange.algorithms === undefined ? {} : { algorithmExceptions: exchange.algorithms }),
    ...(bank.allowedAddresses === undefined ? {} : { allowedNetworks: bank.allowedAddresses }),
    ...Object.fromEntries(secrets),
  };
}
