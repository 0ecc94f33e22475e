/** The two deadlines of an authorisation: until when a capture is guaranteed, and after which it is impossible. */
import type { CapturePolicy } from "./policies.ts";

const MS_PER_DAY = 86_400_000;

export interface AuthorisationDeadlines {
  /** Instants in UTC, ISO 8601. */
  readonly honourUntil: string;
  readonly expiresAt: string;
}

/** From the instant of the authorisation, by the policy: what holds when the gateway says nothing. */
export function authorisationDeadlines(
  authorisedAt: string,
  policy: Pick<CapturePolicy, "honourDays" | "validityDays">,
): AuthorisationDeadlines {
  const from = Date.parse(authorisedAt);
  return {
    honourUntil: new Date(from + policy.honourDays * MS_PER_DAY).toISOString(),
    expiresAt: new Date(from + policy.validityDays * MS_PER_DAY).toISOString(),
  };
}
