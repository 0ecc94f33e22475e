/** OpenPGP keys that will soon leave a bank without files: told long before, and over when a newer key is configured. */
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { openExceptions, resolveExceptions } from "../store/exceptions.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import type { Context } from "./context.ts";

const DAY_MS = 86_400_000;
const LISTS = { bankKeys: "the bank's keys", ourKeys: "our keys" } as const;

export async function watchKeys(context: Context, businessDate: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const banks = new Map(
    (await allMarketplaces(context.store.db)).map(({ row }) => [row.bank, context.profile(row.bank_profile)]),
  );
  for (const [bank, profile] of banks) {
    const found = watchBank(context, bank, profile, businessDate).catch((error: unknown) => {
      // Keys that cannot be read are a finding of their own; other banks' keys are still looked at.
      if (error instanceof RemitError) return error.findings;
      throw error;
    });
    findings.push(...(await found));
  }
  return findings;
}

async function watchBank(
  context: Context,
  bank: string,
  { exchange: { pgp } }: BankProfile,
  businessDate: string,
): Promise<readonly Finding[]> {
  if (pgp === undefined) return [];
  const { keysMissingAt } = await import("../exchange/pgp.ts");
  const now = context.clock();
  const soon = new Date(now.getTime() + pgp.warnDays * DAY_MS);
  const missing = await keysMissingAt(await context.pgpKeys(bank), soon, pgp);
  const identity = (list: keyof typeof LISTS) => `pgp-key/${bank}/${list}`;
  const renewed = (Object.keys(LISTS) as (keyof typeof LISTS)[]).filter((list) => !missing.includes(list));
  const opened = await context.store.write(async (tx) => {
    await resolveExceptions(tx, renewed.map(identity), "a key that lasts longer is configured", now);
    return openExceptions(
      tx,
      missing.map((list) => ({
        identity: identity(list),
        reason: "PGP_KEY_EXPIRES",
        subjectKind: "bank" as const,
        subjectRef: bank,
        says: `in ${pgp.warnDays} days none of ${LISTS[list]} is valid: add a new one before the old one`,
        owner: "operations" as const,
      })),
      businessDate,
      now,
    );
  });
  if (opened > 0) context.log.warn({ bank, missing }, "OpenPGP keys expire");
  return missing.map((list) => ({
    code: "PGP_KEY_EXPIRES",
    where: `bank ${bank}, pgp.${list}`,
    found: `no key that is valid on ${soon.toISOString().slice(0, 10)}`,
    expected: "a newer key beside the old one",
  }));
}
