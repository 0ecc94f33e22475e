/** Text that may quote an account number, with all but its ends hidden. */
import { maskIban } from "../../domain/account-number.ts";
import { ibanSpans } from "../../domain/card-number.ts";

export function maskedText(text: string): string {
  let masked = "";
  let from = 0;
  for (const { start, end } of ibanSpans(text)) {
    masked += text.slice(from, start) + maskIban(text.slice(start, end));
    from = end;
  }
  return masked + text.slice(from);
}
