/** How much of an inbound file the reader is willing to look at, and the words it refuses with. */

export interface ReadLimits {
  /** Bytes of the file as sent. */
  readonly maxBytes: number;
  /** Levels of elements. The deepest ISO 20022 message of ours needs about twenty. */
  readonly maxDepth: number;
  /** Bytes of one tag, text, comment or CDATA section. */
  readonly maxTokenBytes: number;
  readonly maxAttributes: number;
  /** Different element and attribute names; camt.053 with every option has fewer than a thousand. */
  readonly maxNames: number;
  /** Findings kept; a last one says that there were more. */
  readonly maxFindings: number;
}

const MEBIBYTE = 1024 * 1024;

/** For a document that is kept in memory whole. */
export const WHOLE_FILE_LIMITS: ReadLimits = {
  maxBytes: 128 * MEBIBYTE,
  maxDepth: 64,
  maxTokenBytes: MEBIBYTE,
  maxAttributes: 32,
  maxNames: 4096,
  maxFindings: 10_000,
};

/** For a file that is handed over entry by entry: only its size differs, memory does not grow with it. */
export const STREAM_LIMITS: ReadLimits = { ...WHOLE_FILE_LIMITS, maxBytes: 4096 * MEBIBYTE };

/** Every reason for which a file is refused as a whole, and what would have been right. */
export const REFUSALS = {
  FILE_EMPTY: "an XML document",
  FILE_TOO_LARGE: "a file within the size limit",
  FILE_TRUNCATED: "the end tag of every open element",
  ENCODING_UNSUPPORTED: "UTF-8, UTF-16, US-ASCII, ISO-8859-x or windows-125x",
  ENCODING_CONTRADICTORY: "one encoding: byte order mark, bytes and declaration agree",
  BYTES_INVALID: "bytes of the declared encoding",
  CHARACTER_FORBIDDEN: "characters that XML allows",
  DECLARATION_INVALID: 'an XML declaration such as <?xml version="1.0" encoding="UTF-8"?>',
  DOCTYPE_FORBIDDEN: "no document type declaration",
  ENTITY_UNKNOWN: "&amp; &lt; &gt; &quot; &apos; or a numeric reference",
  XML_MALFORMED: "well-formed XML",
  TAG_MISMATCH: "the end tag of the element that is open",
  NAME_INVALID: "an XML name",
  ATTRIBUTE_REPEATED: "each attribute once",
  NAMESPACE_INVALID: "a URI",
  NAMESPACE_UNDECLARED: "a declared namespace prefix",
  ROOT_REPEATED: "one root element",
  TEXT_OUTSIDE_ROOT: "nothing but the root element",
  DEPTH_EXCEEDED: "fewer levels of elements",
  TOKEN_TOO_LONG: "a shorter tag, text or comment",
  ATTRIBUTES_TOO_MANY: "fewer attributes",
  NAMES_TOO_MANY: "fewer different names",
  MESSAGE_UNKNOWN: "pain.001, pain.002, camt.052, camt.053 or camt.054",
} as const satisfies Record<string, string>;

export type RefusalCode = keyof typeof REFUSALS;
