/** The sandbox bank's own account number check (ISO 13616, ISO 7064 mod 97-10). */

/** True for an electronic-form IBAN whose check digits fit. Country lengths are left to real banks. */
export function ibanChecks(iban: string): boolean {
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}$/.test(iban)) return false;
  const pair = Number(iban.slice(2, 4));
  // 00, 01 and 99 pass a naive mod 97 yet no issuer can produce them.
  if (pair < 2 || pair > 98) return false;
  let remainder = 0;
  for (const sign of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** An account number as the sandbox shows it in a message: first and last four signs. */
export function maskIban(iban: string): string {
  return iban.length <= 8 ? "****" : `${iban.slice(0, 4)}****${iban.slice(-4)}`;
}
