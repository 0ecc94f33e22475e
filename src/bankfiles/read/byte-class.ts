/** What each byte of a UTF-8 document can be: a part of a name, white space, or something text must look at twice. */

export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const RETURN = 0x0d;
export const SPACE = 0x20;
export const BANG = 0x21;
export const QUOTE = 0x22;
export const AMPERSAND = 0x26;
export const APOSTROPHE = 0x27;
export const DASH = 0x2d;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;

/** Bits of TEXT_CLASS. A run of text ORs the classes of its bytes: 0 is plain white space. */
export const PLAIN = 1;
export const CARRIAGE = 2;
export const REFERENCE = 4;
export const HIGH = 8;
export const FORBIDDEN = 16;
export const BRACKET = 32;

export const TEXT_CLASS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === TAB || byte === NEWLINE || byte === SPACE) return 0;
  if (byte === RETURN) return CARRIAGE;
  if (byte < SPACE) return FORBIDDEN;
  if (byte === AMPERSAND) return PLAIN | REFERENCE;
  if (byte === CLOSE_BRACKET) return PLAIN | BRACKET;
  return byte >= 0x80 ? PLAIN | HIGH : PLAIN;
});

/** 1 where a name may go on. Bytes from 0x80 up are looked at when the name is first met. */
export const NAME_BYTE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || /[A-Za-z0-9_:.-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

export function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB;
}
