/** The hash by which a repeated record is told from a changed one. */
import { hash } from "node:crypto";

type Content =
  | string
  | bigint
  | boolean
  | number
  | undefined
  | readonly Content[]
  | { readonly [name: string]: Content };

/**
 * SHA-256 (base64url) of the names and values that a record gives, in the order of its type. Fields left out leave no
 * trace, so a kind of record may get new optional fields later and old content keeps its hash.
 */
export function contentHash(record: object): string {
  return hash("sha256", canonicalText(record as Content), "base64url");
}

/** Texts never contain control characters, so these borders cannot be forged. */
function canonicalText(value: Content): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object") return String(value);
  let text = "";
  if (Array.isArray(value)) {
    for (const part of value as readonly Content[]) text += `${canonicalText(part)}\u001e`;
    return `[${text}]`;
  }
  const fields = value as { readonly [name: string]: Content };
  for (const name in fields) {
    const part = fields[name];
    if (part !== undefined) text += `${name}=${canonicalText(part)}\u001f`;
  }
  return `{${text}}`;
}
