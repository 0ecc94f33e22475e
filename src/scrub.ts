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
  [/(remit_[0-9a-z]{16}_)[A-Za-z0-9_-]{8,}/g, "$1***"],
  [/\b(Bearer|Basic) +[A-Za-z0-9._~+/-]{12,}=*/gi, "$1 ***"],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s@"]+@/gi, "$1:***@"],
];

/**
 * The line without what must not be read: IBANs keep four characters at each end, card numbers their last four digits,
 * secrets nothing. Takes a line of JSON, which stays one, or plain text.
 */
export function scrub(line: string): string {
  let scrubbed = replaceSpans(line, ibanSpans(withoutEscapes(line)), maskIban);
  scrubbed = line.startsWith("{")
    ? scrubNumbersOfJson(scrubbed)
    : replaceSpans(scrubbed, cardNumberSpans(scrubbed), maskCardNumber);
  for (const [pattern, replacement] of SECRETS) scrubbed = scrubbed.replace(pattern, replacement);
  return scrubbed;
}

/** A masked number of JSON becomes a string, its sign included, or the line would be no JSON any more. */
function scrubNumbersOfJson(line: string): string {
  const bare = withoutEscapes(line);
  const spans = cardNumberSpans(bare).map(({ start, end }) => {
    const isNumber = !isInsideString(bare, start);
    return { start: isNumber && bare.charAt(start - 1) === "-" ? start - 1 : start, end, isNumber };
  });
  return replaceSpans(line, spans, (found, { isNumber }) =>
    isNumber ? JSON.stringify(maskCardNumber(found)) : maskCardNumber(found),
  );
}

/** JSON's escapes as spaces of their length: the `n` of `\n4111...` would pass for a letter before the number. */
function withoutEscapes(line: string): string {
  return line.replace(/\\(?:u[0-9a-fA-F]{4}|.)/g, (sequence) => " ".repeat(sequence.length));
}

function isInsideString(bareJson: string, position: number): boolean {
  return bareJson.slice(0, position).split('"').length % 2 === 0;
}

function replaceSpans<Found extends Span>(
  text: string,
  spans: readonly Found[],
  mask: (found: string, span: Found) => string,
): string {
  let replaced = "";
  let position = 0;
  for (const span of spans) {
    replaced += text.slice(position, span.start) + mask(text.slice(span.start, span.end), span);
    position = span.end;
  }
  return replaced + text.slice(position);
}
