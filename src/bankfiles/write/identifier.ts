/** Ids of a payment message: what ISO 20022 and the EPC permit, and the PmtInfId that follows from a MsgId. */
import { shortHash } from "../../domain/ids.ts";

export const ID_MAX_LENGTH = 35;

const PERMITTED = /^[A-Za-z0-9+?/\-:().,' ]{1,35}$/;

/**
 * What is wrong with a MsgId, PmtInfId, InstrId or EndToEndId, as a sentence; undefined when it may be written.
 * Ids are never altered, so what would have to be converted, cut or trimmed is refused (EPC132-08, chapter 1.4).
 */
export function idProblem(id: string): string | undefined {
  if (!PERMITTED.test(id)) return "1 to 35 of A-Z a-z 0-9 + ? / - : ( ) . , ' and space";
  if (id.charCodeAt(0) === 32 || id.charCodeAt(id.length - 1) === 32) return "an id without space at its ends";
  if (id.includes("/") && /^\/|\/$|\/\//.test(id)) return "an id that neither begins nor ends with / nor contains //";
  return undefined;
}

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
