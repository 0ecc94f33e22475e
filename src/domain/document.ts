/** A document of a seller's onboarding: its kinds and the states of its examination (seed 001, "Onboarding your sub-merchants"). */
import type { Lifecycle } from "./lifecycle.ts";

export const DOCUMENT_TYPES = [
  "IDENTITY_CARD",
  "PASSPORT",
  "RESIDENCE_PERMIT",
  "DRIVING_LICENCE",
  "PROOF_OF_ADDRESS",
  "IBAN",
  "KBIS",
  "COMPANY_STATUTES",
  "COMPANY_BALANCE_SHEET",
  "BENEFICIAL_OWNERS",
  "TAX_CERTIFICATE",
  "OTHER",
] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];

export type DocumentState = "SUBMITTED" | "VALIDATED" | "REJECTED" | "EXPIRED";

export const DOCUMENT_LIFECYCLE = {
  SUBMITTED: { validate: "VALIDATED", reject: "REJECTED", expire: "EXPIRED" },
  VALIDATED: { reject: "REJECTED", expire: "EXPIRED" },
  REJECTED: {},
  EXPIRED: {},
} as const satisfies Lifecycle<DocumentState>;

/** What a person may decide of a document; each is the event of its lifecycle. */
export const DOCUMENT_DECISIONS = { VALIDATED: "validate", REJECTED: "reject", EXPIRED: "expire" } as const;
export type DocumentDecision = keyof typeof DOCUMENT_DECISIONS;
