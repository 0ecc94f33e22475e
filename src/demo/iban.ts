/** Account numbers for people who do not exist: valid by their check digits, German by their form. */

/** The IBAN of the n-th account at the made-up bank `bank` (8 digits). */
export function madeUpIban(bank: string, n: number): string {
  const bban = `${bank}${String(n).padStart(10, "0")}`;
  // ISO 13616: country and `00` go to the end as digits (D = 13, E = 14); the check digits make the whole 1 modulo 97.
  const rest = BigInt(`${bban}131400`) % 97n;
  return `DE${String(98n - rest).padStart(2, "0")}${bban}`;
}
