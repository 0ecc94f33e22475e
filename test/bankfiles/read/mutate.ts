/** Small random damage to a document, the same for the same seed: to its bytes, and to its tree of tags. */

/** A generator of whole numbers below a bound (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

type Random = (below: number) => number;

const TOKENS = [
  "<",
  ">",
  "</",
  "/>",
  "&",
  "&amp;",
  "&#0;",
  "]]>",
  "<![CDATA[",
  "<!--",
  "--",
  "-->",
  "<?x ?>",
  "<!DOCTYPE a>",
  '"',
  "'",
  "=",
  ' xmlns=""',
  ' xmlns:p="urn:p"',
  "p:",
  ":",
  "\0",
  "\r",
  "\ufeff",
  "\ufffe",
  "é",
  "😀",
  "<Ntry>",
  "</Ntry>",
  "<a/>",
];

/** One to four changes of bytes: flipped, removed, repeated, replaced by something that means something in XML. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let result = Buffer.from(bytes);
  for (let change = random(4); change >= 0; change--) {
    const at = random(result.length + 1);
    const to = Math.min(result.length, at + 1 + random(20));
    const kind = random(6);
    if (kind === 0) result[Math.min(at, result.length - 1)] = random(256);
    else if (kind === 1) result = Buffer.concat([result.subarray(0, at), result.subarray(to)]);
    else if (kind === 2) result = Buffer.concat([result.subarray(0, to), result.subarray(at)]);
    else if (kind === 3) result = result.subarray(0, Math.max(1, at));
    else
      result = Buffer.concat([
        result.subarray(0, at),
        Buffer.from(TOKENS[random(TOKENS.length)] ?? ""),
        result.subarray(at),
      ]);
    if (result.length === 0) return Buffer.from("<");
  }
  return result;
}

const PART = /<\/[^>]*>|<[^>]*>|[^<]+/g;

/** One to three changes of whole elements: removed, doubled, put elsewhere, given another's text or name. Mostly still well-formed. */
export function mutateTree(text: string, random: Random): string {
  const parts = text.match(PART) ?? [];
  for (let change = random(3); change >= 0; change--) {
    const start = startTagFrom(parts, random(parts.length));
    const end = endOf(parts, start);
    const element = parts.slice(start, end + 1);
    const kind = random(6);
    if (kind === 0) parts.splice(start, element.length);
    else if (kind === 1) parts.splice(start, 0, ...element);
    else if (kind === 2) parts.splice(startTagFrom(parts, random(parts.length)), 0, ...element);
    else if (kind === 3) parts.splice(start + 1, end - start - 1, parts[random(parts.length)] ?? "");
    else if (kind === 4)
      parts.splice(start + 1, 0, ["1,5", " ", "-3", "<b/>", "&amp;", "x".repeat(200)][random(6)] ?? "");
    else rename(parts, start, end, ["Amt", "Sts", "Dt", "Id", "TxDtls", "Ntry"][random(6)] ?? "");
  }
  return parts.join("");
}

function startTagFrom(parts: readonly string[], from: number): number {
  for (let at = from; at < parts.length; at++) {
    if (/^<[A-Za-z]/.test(parts[at] ?? "")) return at;
  }
  return from;
}

function endOf(parts: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; at < parts.length; at++) {
    const part = parts[at] ?? "";
    if (part.startsWith("</")) depth--;
    else if (/^<[A-Za-z]/.test(part) && !part.endsWith("/>")) depth++;
    if (depth <= 0) return at;
  }
  return start;
}

function rename(parts: string[], start: number, end: number, name: string): void {
  for (const at of new Set([start, end])) parts[at] = (parts[at] ?? "").replace(/[A-Za-z0-9:]+/, name);
}
