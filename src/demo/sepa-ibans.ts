/** Made-up account numbers of several SEPA countries: valid by structure and check digits, of nobody. */

/** Structure after the check digits: a letter stands for itself, `#` for a digit that counts. */
const FORMS = {
  FR: "30006##############0###",
  DE: "37040044##########",
  ES: "2100############0418",
  IT: "X05428############0####",
  NL: "ABNA##########",
  BE: "539#########",
  PT: "0002############01540",
  AT: "19043###########",
  IE: "AIBK##############",
  FI: "123456########",
} as const;

export const SEPA_COUNTRIES = Object.keys(FORMS) as readonly (keyof typeof FORMS)[];

/** The IBAN of the n-th account of the country. */
export function sepaIban(country: keyof typeof FORMS, n: number): string {
  const form = FORMS[country];
  const digits = String(n).padStart(form.split("#").length - 1, "0");
  let next = 0;
  const bban = form.replace(/#/g, () => digits.charAt(next++));
  // ISO 13616: country and 00 go to the end, letters count from A = 10, and the whole has to be 1 modulo 97.
  const numbers = `${bban}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return `${country}${String(98n - (BigInt(numbers) % 97n)).padStart(2, "0")}${bban}`;
}
