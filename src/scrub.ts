/** Takes out of a log line what nobody may read there: account numbers, card numbers, secrets, wherever they stand. */
import { maskIban } from "./domain/account-number.ts";
import { cardNumberSpans, ibanSpans, maskCardNumber, type Span } from "./domain/card-number.ts";

/** Fields that never carry anything worth reading, at any depth. */
export const SECRET_FIELDS: readonly string[] = [
  "apiKey",
  "authorization",
  "cookie",
  "key",
  "passphrase",
  "password",
  "privateKey",
  "secret",
  "secrets",
];

/** Shapes of secrets. What they replace stays inside one JSON string, so a line of JSON stays one. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`"(${SECRET_FIELDS.join("|")})":(?:"(?:[^"\\\\]|\\\\.)*"|\\[[^\\]]*\\])`, "gi"), '"$1":"***"'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY[^"]*/g, "-----BEGIN PRIVATE KEY----- ***"],
  [/(whsec_|rk_|sk_)[A-Za-z0-9+/=_-]{8,}/g, "$1***"],
  [/\b(Bearer|Basic) +[A-Za-z0-9._~+/-]{12,}=*/gi, "$1 ***"],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s@"]+@/gi, "$1:***@"],
];

/**
 * The line without what must not be read: IBANs keep four characters at each end, card numbers their last four digits,
 * secrets nothing. Takes a line of JSON, which stays one, or plain text.
 */
export function scrub(line: string): string {
  let scrubbed = replaceSpans(line, ibanSpans(withoutEscapes(line)), maskIban);
  const bare = withoutEscapes(scrubbed);
  const isNumber = (start: number) => line.startsWith("{") && !isInsideString(bare, start);
  // A masked number of JSON must become a string, or the line is no JSON any more.
  scrubbed = replaceSpans(scrubbed, cardNumberSpans(bare), (number, start) =>
    isNumber(start) ? JSON.stringify(maskCardNumber(number)) : maskCardNumber(number),
  );
  for (const [pattern, replacement] of SECRETS) scrubbed = scrubbed.replace(pattern, replacement);
  return scrubbed;
}

/** JSON's escapes as spaces of their length: the `n` of `\n4111...` would pass for a letter before the number. */
function withoutEscapes(line: string): string {
  return line.replace(/\\(?:u[0-9a-fA-F]{4}|.)/g, (escape) => " ".repeat(escape.length));
}

function isInsideString(bareJson: string, position: number): boolean {
  return bareJson.slice(0, position).split('"').length % 2 === 0;
}

function replaceSpans(text: string, spans: readonly Span[], mask: (found: string, start: number) => string): string {
  let replaced = "";
  let position = 0;
  for (const { start, end } of spans) {
    replaced += text.slice(position, start) + mask(text.slice(start, end), start);
    position = end;
  }
  return replaced + text.slice(position);
}
