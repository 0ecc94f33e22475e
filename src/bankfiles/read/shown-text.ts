/** Text of a file as it may stand in a finding: short, printable, without whole account or card numbers. */

const LONGEST = 60;
/** An IBAN, or a run of digits as long as a card or account number. */
const ACCOUNT = /[A-Z]{2}\d{2}[A-Z0-9]{8,30}|\d{12,}/g;

export function shownText(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  const masked = cut.replace(ACCOUNT, (number) => `${number.slice(0, 4)}…${number.slice(-4)}`);
  return JSON.stringify(masked);
}
