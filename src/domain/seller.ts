/** A seller (sub-merchant) of a marketplace and the states of his onboarding. */
import type { Lifecycle } from "./lifecycle.ts";

export type OnboardingState = "CREATED" | "AWAITING_SUBMISSION" | "PENDING_VALIDATION" | "VALIDATED" | "REFUSED";

/** What a person may decide of a seller; each is an event of his lifecycle. */
export const SELLER_DECISIONS = { VALIDATED: "validate", REFUSED: "refuse", REOPENED: "reopen" } as const;
export type SellerDecision = keyof typeof SELLER_DECISIONS;

/** Money may accrue to any seller; only a VALIDATED one with a valid account is paid (seed 001, "Onboarding"). */
export const ONBOARDING_LIFECYCLE = {
  CREATED: { complete: "AWAITING_SUBMISSION", requestValidation: "PENDING_VALIDATION" },
  AWAITING_SUBMISSION: { requestValidation: "PENDING_VALIDATION" },
  PENDING_VALIDATION: { validate: "VALIDATED", refuse: "REFUSED", reopen: "CREATED" },
  VALIDATED: { reopen: "CREATED", refuse: "REFUSED", changeAccount: "PENDING_VALIDATION" },
  REFUSED: { reopen: "CREATED" },
} as const satisfies Lifecycle<OnboardingState>;
