/** References in text and attribute values: the five entities of XML and characters by number, nothing else. */

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);
const REFERENCE = /&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|([^;&<\s]*));|&/g;

export interface BadReference {
  readonly bad: string;
}

/** The text with its references replaced, or the first one that is not allowed. */
export function withoutReferences(text: string): string | BadReference {
  let bad: string | undefined;
  const result = text.replace(REFERENCE, (reference: string, decimal?: string, hex?: string, name?: string) => {
    const character = name === undefined ? characterOf(decimal, hex) : ENTITIES.get(name);
    if (character === undefined) bad ??= reference;
    return character ?? reference;
  });
  return bad === undefined ? result : { bad };
}

function characterOf(decimal: string | undefined, hex: string | undefined): string | undefined {
  const digits = decimal ?? hex;
  if (digits === undefined || digits.replace(/^0+/, "").length > 7) return undefined;
  const code = Number.parseInt(digits, decimal === undefined ? 16 : 10);
  return isXmlCharacter(code) ? String.fromCodePoint(code) : undefined;
}

/** Char of XML 1.0, section 2.2. */
export function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
