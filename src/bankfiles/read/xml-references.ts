/** References in text and attribute values: the five entities of XML and characters by number, nothing else. */

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);
/** Leading zeros do not count; more digits than these are beyond Unicode. */
const NUMBER = /^#(?:0*([0-9]{1,7})|x0*([0-9A-Fa-f]{1,6}))$/;

export interface BadReference {
  readonly bad: string;
}

/** The text with its references replaced, or the first one that is not allowed. */
export function withoutReferences(text: string): string | BadReference {
  let result = "";
  let from = 0;
  for (let at = text.indexOf("&"); at >= 0; at = text.indexOf("&", from)) {
    const stop = text.indexOf(";", at);
    const name = stop < 0 ? "" : text.slice(at + 1, stop);
    const character = ENTITIES.get(name) ?? numbered(name);
    if (character === undefined) return { bad: text.slice(at, stop < 0 ? at + 1 : Math.min(stop + 1, at + 12)) };
    result += text.slice(from, at) + character;
    from = stop + 1;
  }
  return result + text.slice(from);
}

/** `#65` or `#x41`. */
function numbered(name: string): string | undefined {
  const match = NUMBER.exec(name);
  if (match === null) return undefined;
  const [, decimal, hex] = match;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number.parseInt(decimal, 10);
  return isXmlCharacter(code) ? String.fromCodePoint(code) : undefined;
}

/** Char of XML 1.0, section 2.2. */
export function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
