/** Which encoding a file is in: by its byte order mark, its first bytes and its XML declaration, which must agree. */
import type { RefusalCode } from "./read-limits.ts";
import { shownText } from "./shown-text.ts";

/** `bytes per unit` families the first bytes can show before any name is known. */
export type ByteFamily = "utf-8" | "utf-16le" | "utf-16be" | "ascii-based" | "utf-32";

export interface EncodingFault {
  readonly code: RefusalCode;
  readonly found: string;
}

/** How many bytes are needed to know the encoding: a declaration that is longer is refused. */
export const DECLARATION_BYTES = 1024;

/** The family the first bytes show, and how long their byte order mark is (XML 1.0, appendix F). */
export function byteFamily(bytes: Uint8Array): { readonly family: ByteFamily; readonly mark: number } {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? of("utf-32", 4) : of("utf-16le", 2);
  if (a === 0xfe && b === 0xff) return of("utf-16be", 2);
  if (a === 0xef && b === 0xbb && c === 0xbf) return of("utf-8", 3);
  if (a === 0 && b === 0) return of("utf-32", 0);
  if (a === 0x3c && b === 0) return c === 0 ? of("utf-32", 0) : of("utf-16le", 0);
  if (a === 0 && b === 0x3c) return of("utf-16be", 0);
  return of("ascii-based", 0);
}

function of(family: ByteFamily, mark: number) {
  return { family, mark };
}

const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/;

/** The encoding the declaration at the start of `text` names; undefined when there is none, or none in it. */
export function declaredEncoding(text: string): string | undefined | EncodingFault {
  if (!/^<\?xml[ \t\r\n?]/.test(text)) return undefined;
  const match = DECLARATION.exec(text);
  if (match === null) return { code: "DECLARATION_INVALID", found: shownText(text.split(">", 1)[0] ?? "") };
  return match[1] ?? match[2];
}

/** Single-byte encodings by the names banks use for them; the values are those the Encoding Standard knows. */
const SINGLE_BYTE: ReadonlySet<string> = new Set(
  (
    "iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-10 iso-8859-13 " +
    "iso-8859-14 iso-8859-15 iso-8859-16 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 " +
    "windows-1255 windows-1256 windows-1257 windows-1258 koi8-r koi8-u"
  ).split(" "),
);

const ALIASES: Readonly<Record<string, string>> = {
  utf8: "utf-8",
  "us-ascii": "ascii",
  latin1: "iso-8859-1",
  "latin-1": "iso-8859-1",
  iso8859_1: "iso-8859-1",
  "iso8859-1": "iso-8859-1",
  "iso8859-15": "iso-8859-15",
  "latin-9": "iso-8859-15",
  cp1250: "windows-1250",
  cp1252: "windows-1252",
  "iso-10646-ucs-2": "utf-16",
};

/** The name of the encoding to decode with, or why there is none. */
export function chosenEncoding(family: ByteFamily, declared: string | undefined): string | EncodingFault {
  if (family === "utf-32") return { code: "ENCODING_UNSUPPORTED", found: "UTF-32, or NUL bytes" };
  const lower = declared?.toLowerCase();
  const name = lower === undefined ? undefined : (ALIASES[lower] ?? lower);
  const contradiction = { code: "ENCODING_CONTRADICTORY", found: `${family} bytes declared as ${declared}` } as const;
  if (family === "ascii-based") {
    if (name === undefined || name === "utf-8") return "utf-8";
    if (name.startsWith("utf-16")) return contradiction;
    if (name === "ascii" || name === "iso-8859-1" || SINGLE_BYTE.has(name)) return name;
    return { code: "ENCODING_UNSUPPORTED", found: shownText(declared ?? "") };
  }
  if (name === undefined || name === family || (name === "utf-16" && family !== "utf-8")) return family;
  return contradiction;
}
