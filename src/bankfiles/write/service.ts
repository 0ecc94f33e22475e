/** Which of a profile's services carries a transfer. */
import { sepaCountryOf } from "../../domain/account-number.ts";
import type { BankProfile, BankService } from "../profile/profile.ts";
import type { Pain001Transfer } from "./transfer.ts";

/** Whether the service takes this transfer's currency, mark and country; amounts and texts are checked apart. */
export function serviceTakes(service: BankService, transfer: Pain001Transfer): boolean {
  if (transfer.instant !== undefined && transfer.instant !== service.instant) return false;
  return service.currencies.includes(transfer.currency) && serviceReaches(service, transfer.creditor.iban);
}

/** Whether the service reaches the country of an account. */
export function serviceReaches(service: BankService, iban: string): boolean {
  return service.creditorCountries === "SEPA"
    ? sepaCountryOf(iban) !== undefined
    : service.creditorCountries.includes(iban.slice(0, 2));
}

/** The first service of the profile that takes the transfer. */
export function serviceFor(transfer: Pain001Transfer, profile: BankProfile): BankService | undefined {
  for (const service of profile.services) if (serviceTakes(service, transfer)) return service;
  return undefined;
}

export function serviceNamed(profile: BankProfile, name: string): BankService | undefined {
  return profile.services.find((service) => service.name === name);
}
