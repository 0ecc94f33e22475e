/** Structured references of a payee: the creditor reference of ISO 11649 and the Swiss QR reference. */

/** ISO 11649: `RF`, two check digits, up to 21 letters and digits; rearranged it is 1 modulo 97. */
export function isCreditorReference(reference: string): boolean {
  if (!/^RF\d{2}[A-Za-z0-9]{1,21}$/.test(reference)) return false;
  const check = Number(reference.slice(2, 4));
  if (check < 2 || check > 98) return false;
  let remainder = 0;
  for (const character of (reference.slice(4) + reference.slice(0, 4)).toUpperCase()) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** The QR reference: 27 digits, the last is the check digit by modulo 10 recursive (SIX, QR-bill, annex B). */
export function isQrReference(reference: string): boolean {
  if (!/^\d{27}$/.test(reference)) return false;
  const table = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
  let carry = 0;
  for (const digit of reference.slice(0, 26)) carry = table[(carry + Number(digit)) % 10] ?? 0;
  return (10 - carry) % 10 === Number(reference[26]);
}

const LETTER_C = 67;
const LETTER_L = 76;

/** Whether a Swiss or Liechtenstein IBAN is a QR-IBAN: its institution is 30000 to 31999. */
export function isQrIban(iban: string): boolean {
  // Most accounts have another country: their first letter decides.
  const first = iban.charCodeAt(0);
  return (first === LETTER_C || first === LETTER_L) && /^(?:CH|LI)\d{2}3[01]\d{3}/.test(iban);
}

export type ReferenceKind = "RF" | "NATIONAL" | "QRR";

/** How a structured reference is written: `SCOR` with issuer ISO, `SCOR` alone, or the proprietary `QRR`. */
export function referenceKind(reference: string, creditorIban: string): ReferenceKind {
  if (isQrIban(creditorIban)) return "QRR";
  return reference.startsWith("RF") ? "RF" : "NATIONAL";
}
