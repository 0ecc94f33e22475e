/** What each ISO 20022 payment status means for one transfer, and how far along it is: the one table of both. */

export type StatusKind =
  | "pending" // the bank has it; nothing is promised
  | "accepted" // the bank will execute it; not paid
  | "settled" // the bank says it debited us; only a booked statement entry proves it
  | "rejected"
  | "cancelled"
  | "verification" // an answer about the payee's name; neither acceptance nor rejection
  | "partial" // look below: only a group or a payment may carry it
  | "none"; // the report says nothing that can be used about this transfer

interface StatusMeaning {
  readonly kind: StatusKind;
  /** Progress: a standing never goes to a lower rank. Endings and verifications have none: they are kept beside it. */
  readonly rank: number;
  /** Set where a person should know although the status is taken. */
  readonly notice?: string;
}

/** facts: ISO ExternalPaymentTransactionStatus/GroupStatus code sets; the order of progress is RCVD < ... < ACCC. */
export const STATUS_TABLE = {
  RCVD: { kind: "pending", rank: 10 },
  PRES: { kind: "pending", rank: 12 },
  ACTC: { kind: "pending", rank: 20 },
  PATC: { kind: "pending", rank: 30, notice: "the bank waits for further signatures" },
  PDNG: { kind: "pending", rank: 35 },
  PART: { kind: "partial", rank: 39 },
  ACCP: { kind: "accepted", rank: 40 },
  ACWC: { kind: "accepted", rank: 45, notice: "accepted with a change, which some banks also use for withdrawn" },
  ACFC: { kind: "accepted", rank: 50 },
  ACSP: { kind: "accepted", rank: 60 },
  ACPD: { kind: "accepted", rank: 65 },
  ACSC: { kind: "settled", rank: 70 },
  ACIS: { kind: "settled", rank: 72 },
  ACWP: { kind: "settled", rank: 75 },
  ACCC: { kind: "settled", rank: 80 },
  CPUC: { kind: "settled", rank: 82 },
  BLCK: { kind: "settled", rank: 76, notice: "blocked at the payee's bank: neither credited nor sent back" },
  RJCT: { kind: "rejected", rank: 0 },
  CANC: { kind: "cancelled", rank: 0 },
  RCVC: { kind: "verification", rank: 0 },
  RVCM: { kind: "verification", rank: 0 },
  RVMC: { kind: "verification", rank: 0 },
  RVNM: { kind: "verification", rank: 0 },
  RVNA: { kind: "verification", rank: 0 },
  RVNC: { kind: "verification", rank: 0 },
} as const satisfies Record<string, StatusMeaning>;

/** The meaning of a status code, or undefined when the table does not know it. Spaces and case of the file are forgiven. */
export function statusMeaning(code: string): StatusMeaning | undefined {
  const known: Readonly<Record<string, StatusMeaning>> = STATUS_TABLE;
  const key = code.trim().toUpperCase();
  return Object.hasOwn(known, key) ? known[key] : undefined;
}
