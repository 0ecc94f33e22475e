/** Ids of a payment message: what ISO 20022 and the EPC permit, and the PmtInfId that follows from a MsgId. */
import { shortHash } from "../../domain/ids.ts";

export const ID_MAX_LENGTH = 35;

/** 1 where a character may stand in an id, by code. */
const PERMITTED = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+?/-:().,' ") {
  PERMITTED[character.charCodeAt(0)] = 1;
}
const SPACE = 0x20;
const SLASH = 0x2f;

/**
 * What is wrong with a MsgId, PmtInfId, InstrId or EndToEndId, as a sentence; undefined when it may be written.
 * Ids are never altered, so what would have to be converted, cut or trimmed is refused (EPC132-08, chapter 1.4).
 */
export function idProblem(id: string): string | undefined {
  const last = id.length - 1;
  let slashes = false;
  let before = 0;
  for (let index = 0; index <= last; index += 1) {
    const code = id.charCodeAt(index);
    if (PERMITTED[code] !== 1) return CHARACTERS;
    if (code === SLASH && (index === 0 || index === last || before === SLASH)) slashes = true;
    before = code;
  }
  if (last < 0 || last >= ID_MAX_LENGTH) return CHARACTERS;
  if (before === SPACE || id.charCodeAt(0) === SPACE) return "an id without space at its ends";
  return slashes ? "an id that neither begins nor ends with / nor contains //" : undefined;
}

const CHARACTERS = "1 to 35 of A-Z a-z 0-9 + ? / - : ( ) . , ' and space";

/**
 * The PmtInfId of the `ordinal`-th (from 1) payment of a message: `MSG-1`. A MsgId too long for that is shortened and
 * told apart by eight characters of its hash, so that two messages never share a PmtInfId.
 */
export function paymentInformationId(messageId: string, ordinal: number): string {
  const suffix = `-${ordinal}`;
  if (messageId.length + suffix.length <= ID_MAX_LENGTH) return `${messageId}${suffix}`;
  const mark = `-${shortHash(["PmtInfId", messageId]).slice(0, 8)}${suffix}`;
  return `${messageId.slice(0, ID_MAX_LENGTH - mark.length).trimEnd()}${mark}`;
}
