/** Plain string building of XML, with escaping, for the files the sandbox bank writes. */

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text content; signs that XML 1.0 cannot hold become a space. */
export function escapeXml(text: string): string {
  if (/^[\w .,:;/()+-]*$/.test(text)) return text;
  const writable = Array.from(text, (sign) => (isXmlSign(sign.codePointAt(0) ?? 0) ? sign : " ")).join("");
  return writable.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}

function isXmlSign(point: number): boolean {
  if (point < 0x20) return point === 0x9 || point === 0xa || point === 0xd;
  return !(point >= 0xd800 && point <= 0xdfff) && point !== 0xfffe && point !== 0xffff;
}

/** A leaf; nothing when the text is undefined, so that optional elements read as one line. */
export function leaf(name: string, text: string | undefined, attributes = ""): string {
  return text === undefined ? "" : `<${name}${attributes}>${escapeXml(text)}</${name}>`;
}

/** An element around parts that are XML already; nothing when all parts are empty (the schemas forbid empty elements). */
export function node(name: string, ...parts: readonly string[]): string {
  const inner = parts.join("");
  return inner === "" ? "" : `<${name}>${inner}</${name}>`;
}

/** A whole document in one default namespace. */
export function xmlDocument(namespace: string, inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${namespace}">${inner}</Document>\n`;
}
