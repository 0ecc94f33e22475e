/** Spoils a good file in one of the ways in which banks' files arrive broken. */
import type { Spoil } from "./bank-rule.ts";

/** The spoilt content of a pain.002 or camt.053 the sandbox bank has written. */
export function spoil(content: string, how: Spoil): string {
  switch (how) {
    case "truncated":
      return content.slice(0, Math.floor(content.length * 0.6));
    case "not-xml":
      return "HTTP/1.1 502 Bad Gateway\r\n\r\n<html><body>The service is not available<br></body></html>\n";
    case "unknown-message-id":
      return content
        .replaceAll(/<(OrgnlMsgId|PmtInfId|EndToEndId|OrgnlEndToEndId)>[^<]*</g, "<$1>NEVER-SENT-TO-US<")
        .replace(/<IBAN>[^<]*</, "<IBAN>DE02100100100006820101<");
    case "wrong-sums":
      // The closing balance of a statement; the original control sums of an answer.
      return content
        .replace(/(CLBD<\/Cd><\/CdOrPrtry><\/Tp><Amt[^>]*>)([0-9]+)/, (_, head, whole) => `${head}${bump(whole)}`)
        .replaceAll(/(<OrgnlCtrlSum>)([0-9]+)/g, (_, head, whole) => `${head}${bump(whole)}`);
    case "wrong-message":
      return content.replaceAll(
        /urn:iso:std:iso:20022:tech:xsd:[a-z0-9.]+/g,
        "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08",
      );
    default:
      return how satisfies never;
  }
}

function bump(digits: string): string {
  return String(BigInt(digits) + 1n);
}
