/** Which rejections only say "I have this already": they refuse a copy and leave the first one as it is. */
import type { Reason } from "../read/document.ts";

/** ISO ExternalStatusReason: a message, payment or transaction that repeats an earlier one. */
const DUPLICATE_CODES: ReadonlySet<string> = new Set(["AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "DUPL"]);

export function isDuplicateRefusal(reason: Reason | undefined): boolean {
  return reason?.code !== undefined && DUPLICATE_CODES.has(reason.code.trim().toUpperCase());
}
