/** What a bank file says, as plain values: the shape `remit bank-file read` prints. Ids and amounts are text exactly as in the file. */
import type { Finding } from "../../domain/finding.ts";

export type Direction = "CRDT" | "DBIT";

export interface Party {
  readonly name?: string;
  readonly iban?: string;
  /** An account identification that is not an IBAN. */
  readonly other?: string;
  readonly bic?: string;
}

export interface Reason {
  /** `Cd`, or `Prtry` when the bank uses a code of its own. */
  readonly code?: string;
  /** The pieces of `AddtlInf`, joined without a separator. */
  readonly info?: string;
}

interface DocumentHead {
  /** Message name and version, e.g. `camt.053.001.08`; the namespace or root element's claim, as text. */
  readonly version: string;
  readonly messageId?: string;
  readonly createdAt?: string;
  readonly findings: readonly Finding[];
}

export interface Balance {
  readonly type?: string;
  readonly amount: string;
  readonly currency?: string;
  readonly direction?: Direction;
  readonly date?: string;
}

export interface Charge {
  readonly amount: string;
  readonly currency?: string;
  readonly direction?: Direction;
  readonly included?: boolean;
  readonly type?: string;
}

export interface EntryDetail {
  readonly endToEndId?: string;
  readonly instructionId?: string;
  readonly messageId?: string;
  readonly paymentInformationId?: string;
  readonly transactionId?: string;
  readonly servicerReference?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly direction?: Direction;
  /** The amount in the other currency and the rate, where the bank changed money. */
  readonly exchange?: { readonly amount?: string; readonly currency?: string; readonly rate?: string };
  readonly charges?: readonly Charge[];
  readonly return?: Reason;
  readonly debtor?: Party;
  readonly creditor?: Party;
  /** `Ustrd` texts, then references and texts of structured remittance, in the order of the file. */
  readonly remittance: readonly string[];
  /** The bank's code for this transaction, where it differs from the entry's or says more. */
  readonly code?: BankTransactionCode;
  readonly uetr?: string;
  readonly additionalInfo?: string;
}

export interface BankTransactionCode {
  readonly domain?: string;
  readonly family?: string;
  readonly subFamily?: string;
  readonly proprietary?: string;
}

export interface Entry {
  readonly reference?: string;
  readonly servicerReference?: string;
  readonly amount: string;
  readonly currency?: string;
  readonly direction?: Direction;
  /** `BOOK`, `PDNG`, `INFO`, `FUTR` or the bank's own text. */
  readonly status?: string;
  readonly reversal: boolean;
  readonly bookingDate?: string;
  readonly valueDate?: string;
  readonly code: BankTransactionCode;
  readonly batch?: {
    readonly messageId?: string;
    readonly paymentInformationId?: string;
    readonly count?: string;
    readonly total?: string;
  };
  readonly charges: readonly Charge[];
  readonly additionalInfo?: string;
  readonly details: readonly EntryDetail[];
  /** What could not be read here; also in the document's list. Such a record must not move money by itself. */
  readonly findings?: readonly Finding[];
}

export interface Statement {
  readonly id?: string;
  /** `ElctrncSeqNb`, else `LglSeqNb`. */
  readonly sequence?: string;
  readonly page?: { readonly number?: string; readonly last?: boolean };
  readonly createdAt?: string;
  readonly account: { readonly iban?: string; readonly other?: string; readonly currency?: string };
  readonly balances: readonly Balance[];
  readonly entries: readonly Entry[];
}

export interface CamtDocument extends DocumentHead {
  readonly kind: "camt.052" | "camt.053" | "camt.054";
  readonly statements: readonly Statement[];
}

export interface TransactionStatus {
  readonly endToEndId?: string;
  readonly instructionId?: string;
  readonly status?: string;
  readonly reasons: readonly Reason[];
  readonly amount?: string;
  readonly currency?: string;
  readonly uetr?: string;
  /** Name the creditor's bank reports in a verification of payee, when it does. */
  readonly creditor?: Party;
  /** What could not be read here; also in the document's list. Such a record must not move money by itself. */
  readonly findings?: readonly Finding[];
}

export interface PaymentStatus {
  readonly paymentInformationId?: string;
  readonly status?: string;
  readonly reasons: readonly Reason[];
  readonly count?: string;
  readonly sum?: string;
  readonly statusCounts?: readonly StatusCount[];
  readonly transactions: readonly TransactionStatus[];
}

/** How many transactions a report says have a status (`NbOfTxsPerSts`). */
export interface StatusCount {
  readonly status?: string;
  readonly count?: string;
  readonly sum?: string;
}

export interface Pain002Document extends DocumentHead {
  readonly kind: "pain.002";
  readonly original: {
    readonly messageId?: string;
    readonly kind?: string;
    readonly count?: string;
    readonly sum?: string;
    readonly status?: string;
    readonly reasons: readonly Reason[];
    readonly statusCounts?: readonly StatusCount[];
  };
  readonly payments: readonly PaymentStatus[];
}

export interface PostalAddress {
  readonly country?: string;
  readonly town?: string;
  readonly postCode?: string;
  readonly street?: string;
  readonly buildingNumber?: string;
  readonly lines: readonly string[];
}

export interface CreditTransfer {
  readonly endToEndId?: string;
  readonly instructionId?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly creditor: Party & { readonly address?: PostalAddress };
  readonly remittance?: string;
  readonly purpose?: string;
  readonly uetr?: string;
  /** Where the payment type stands at the transfer instead of at the payment information. */
  readonly serviceLevel?: string;
  readonly localInstrument?: string;
  /** What could not be read here; also in the document's list. Such a record must not move money by itself. */
  readonly findings?: readonly Finding[];
}

export interface PaymentInformation {
  readonly id?: string;
  readonly executionDate?: string;
  readonly debtor: Party;
  readonly batchBooking?: boolean;
  readonly serviceLevel?: string;
  readonly localInstrument?: string;
  readonly count?: string;
  readonly sum?: string;
  readonly transfers: readonly CreditTransfer[];
}

export interface Pain001Document extends DocumentHead {
  readonly kind: "pain.001";
  readonly count?: string;
  readonly sum?: string;
  readonly initiatingParty?: string;
  readonly payments: readonly PaymentInformation[];
}

export type BankDocument = CamtDocument | Pain002Document | Pain001Document;
