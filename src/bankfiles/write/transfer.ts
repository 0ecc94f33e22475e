/** A credit transfer as callers hand it over to be written, before any conversion. */

export interface Pain001Address {
  /** ISO 3166, two capital letters. */
  readonly country: string;
  readonly town: string;
  readonly postCode?: string;
  readonly street?: string;
  readonly buildingNumber?: string;
  /** Free lines: for the profile forms `hybrid` and `lines` only. */
  readonly lines?: readonly string[];
}

export interface Pain001Creditor {
  readonly name: string;
  /** Electronic form: no spaces, upper case. */
  readonly iban: string;
  readonly bic?: string;
  readonly address?: Pain001Address;
}

export interface Pain001Transfer {
  readonly endToEndId: string;
  readonly instructionId?: string;
  /** Minor units (cents). */
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly creditor: Pain001Creditor;
  /** `RmtInf/Ustrd`, at most 140 characters after conversion. Either this or a structured reference. */
  readonly remittance?: string;
  /** `RmtInf/Strd`: ISO 11649 (`RF...`), a national reference, or a Swiss QR reference for a QR-IBAN. */
  readonly structuredReference?: string;
  /** `Purp/Cd`. */
  readonly purpose?: string;
  /** true: only instant; false: not instant; absent: the profile's first service that fits. */
  readonly instant?: boolean;
}

export interface Pain001Debtor {
  readonly name: string;
  /** Electronic form: no spaces, upper case. */
  readonly iban: string;
  readonly bic?: string;
}

/** One PmtInf: transfers of one debtor, date, service and currency. */
export interface Pain001Batch {
  /** Derived from the MsgId when absent. */
  readonly paymentInformationId?: string;
  /** YYYY-MM-DD in the bank's zone. */
  readonly executionDate: string;
  readonly debtor: Pain001Debtor;
  /** Name of the profile's service; absent: the first that fits the first transfer. */
  readonly service?: string;
  /** Read twice unless count and sum are given: an array, or an object whose iterator starts afresh each time. */
  readonly transfers: Iterable<Pain001Transfer>;
  readonly count?: number;
  readonly sumMinor?: bigint;
}

export interface Pain001Message {
  /** The caller's id, never altered, never used for another message. */
  readonly messageId: string;
  readonly createdAt: Date;
  /** A name in the profile takes its place. */
  readonly initiatingParty: { readonly name: string };
  readonly payments: readonly Pain001Batch[];
}
