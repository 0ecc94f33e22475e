/** The records of an import after their shape is checked: ids text, amounts in minor units, instants in UTC, absent fields undefined. */
import type { DocumentDecision, DocumentType } from "../../domain/document.ts";
import type { FeeRule } from "../../domain/fees.ts";
import type { HoldReason } from "../../domain/hold-reason.ts";
import type { IntegrationMode, OrderState } from "../../domain/order.ts";
import type { CapturePolicy, SettlementPolicy } from "../../domain/policies.ts";
import type { OnboardingState, SellerDecision } from "../../domain/seller.ts";
import type { DetailedStatus } from "../../domain/transaction.ts";

export interface AddressRecord {
  readonly country: string;
  readonly town: string;
  readonly postCode: string | undefined;
  readonly street: string | undefined;
  readonly buildingNumber: string | undefined;
}

export interface PartyRecord {
  readonly name: string;
  readonly iban: string | undefined;
  readonly bic: string | undefined;
}

export interface MarketplaceRecord {
  readonly type: "marketplace";
  readonly id: string;
  readonly name: string;
  readonly currency: string | undefined;
  readonly zone: string | undefined;
  readonly debtor: PartyRecord & { readonly iban: string };
  readonly bank: string;
  readonly profile: string;
  readonly gateway: string;
  readonly integrationMode: IntegrationMode;
  readonly capture: Partial<CapturePolicy>;
  readonly settlement: Partial<SettlementPolicy>;
  readonly fees: readonly FeeRule[];
  readonly operator: (PartyRecord & { readonly address: AddressRecord | undefined }) | undefined;
}

export interface SellerRecord {
  readonly type: "seller";
  readonly marketplace: string;
  readonly id: string;
  readonly legalName: string;
  readonly accountHolder: string | undefined;
  readonly iban: string | undefined;
  readonly bic: string | undefined;
  readonly address: AddressRecord | undefined;
  readonly onboarding: OnboardingState | undefined;
  /** What differs for the seller from the marketplace's settlement policy. */
  readonly settlement: Partial<SettlementPolicy> | undefined;
  /** Ids of the documents of his onboarding. */
  readonly documents: readonly string[] | undefined;
}

export interface ItemRecord {
  readonly id: string;
  readonly name: string;
  readonly price: bigint | undefined;
  readonly quantity: bigint | undefined;
  readonly discount: string | undefined;
  readonly tax: string | undefined;
  readonly amount: bigint;
  readonly seller: string;
  readonly category: string | undefined;
  readonly commission: bigint | undefined;
  readonly held: boolean | undefined;
}

export interface OrderRecord {
  readonly type: "order";
  readonly marketplace: string;
  readonly id: string;
  readonly amount: bigint;
  readonly currency: string | undefined;
  readonly createdAt: string | undefined;
  readonly items: readonly ItemRecord[];
}

export interface TokenRecord {
  readonly type: "token";
  readonly marketplace: string;
  readonly id: string;
  readonly state: OrderState;
  readonly gatewayToken: string | undefined;
}

export interface TransactionRecord {
  readonly type: "transaction";
  readonly marketplace: string;
  readonly id: string;
  readonly order: string;
  readonly amount: bigint;
  readonly currency: string | undefined;
  readonly status: DetailedStatus;
  readonly seller: string | undefined;
  readonly token: string | undefined;
  readonly gatewayRef: string | undefined;
  readonly captureOn: string | undefined;
  readonly authorisedAt: string | undefined;
  readonly honourUntil: string | undefined;
  readonly expiresAt: string | undefined;
  readonly capturedAt: string | undefined;
  readonly paymentMethod: string | undefined;
}

export interface ValidationRecord {
  readonly type: "validation";
  readonly marketplace: string;
  readonly transaction: string;
}

export interface OperationRecord {
  readonly type: "capture" | "cancellation" | "refund" | "chargeback";
  readonly marketplace: string;
  readonly id: string;
  readonly transaction: string;
  readonly seller: string | undefined;
  /** Absent only for a cancellation of everything that is open. */
  readonly amount: bigint | undefined;
  readonly fee: bigint | undefined;
  /** Given when it was done elsewhere already; always with a chargeback. */
  readonly doneAt: string | undefined;
  /** Only of a chargeback: what the bank charges for it, and why it was made. */
  readonly charge: bigint | undefined;
  readonly reason: string | undefined;
}

/** A fee that the operator declares afterwards (seed 001, `operator_fees`). */
export interface OperatorFeeRecord {
  readonly type: "operator_fee";
  readonly marketplace: string;
  readonly id: string;
  readonly seller: string;
  /** VAT included; `vat` is the part of it that is VAT. */
  readonly amount: bigint;
  readonly vat: bigint | undefined;
  readonly currency: string | undefined;
  readonly date: string | undefined;
  readonly says: string | undefined;
}

/** A payout asked for now (seed 001, `cashouts`); without an amount, all that is available. */
export interface CashoutRecord {
  readonly type: "cashout";
  readonly marketplace: string;
  readonly id: string;
  /** `OPERATOR` for the scope operator. */
  readonly seller: string;
  readonly amount: bigint | undefined;
  readonly currency: string | undefined;
}

/** A document of a seller's onboarding (seed 001, `documents`). */
export interface DocumentRecord {
  readonly type: "document";
  readonly marketplace: string;
  readonly id: string;
  readonly kind: DocumentType;
  readonly expiresOn: string | undefined;
  /** Of the file itself, which stays where the marketplace keeps it. */
  readonly sha256: string | undefined;
}

export interface DocumentDecisionRecord {
  readonly type: "document_decision";
  readonly marketplace: string;
  readonly document: string;
  readonly decision: DocumentDecision;
  readonly by: string;
  readonly reason: string | undefined;
}

/** The marketplace has sent all it has: the seller waits for a decision (seed 001, `request_validation`). */
export interface ValidationRequestRecord {
  readonly type: "validation_request";
  readonly marketplace: string;
  readonly seller: string;
}

export interface SellerDecisionRecord {
  readonly type: "seller_decision";
  readonly marketplace: string;
  readonly seller: string;
  readonly decision: SellerDecision;
  readonly by: string;
  readonly reason: string | undefined;
}

/** Holds all payouts of a seller, or lets them go. */
export interface SellerHoldRecord {
  readonly type: "seller_hold" | "seller_release";
  readonly marketplace: string;
  readonly seller: string;
  readonly by: string;
  readonly reason: string;
}

export interface CashinRecord {
  readonly type: "cashin";
  readonly marketplace: string;
  readonly id: string;
  readonly seller: string;
  readonly amount: bigint;
  readonly currency: string | undefined;
  readonly date: string | undefined;
}

/** What an acquirer announced that it pays in: expected on the marketplace's account from that date. */
export interface PayInRecord {
  readonly type: "payin";
  readonly marketplace: string;
  readonly id: string;
  /** Before `charges`, which the acquirer keeps. */
  readonly amount: bigint;
  readonly charges: bigint | undefined;
  readonly currency: string | undefined;
  readonly date: string | undefined;
  /** The business date of the captures it is for. */
  readonly capturedOn: string | undefined;
  /** Texts by which the bank's line names it; its id when there are none. */
  readonly references: readonly string[] | undefined;
}

export interface EndpointRecord {
  readonly type: "endpoint";
  readonly marketplace: string;
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
}

export interface HoldRecord {
  readonly type: "hold" | "release";
  readonly marketplace: string;
  readonly order: string;
  readonly item: string | undefined;
  readonly reason: HoldReason | undefined;
}

export type ImportRecord =
  | MarketplaceRecord
  | SellerRecord
  | OrderRecord
  | TokenRecord
  | TransactionRecord
  | ValidationRecord
  | OperationRecord
  | CashinRecord
  | PayInRecord
  | OperatorFeeRecord
  | CashoutRecord
  | DocumentRecord
  | DocumentDecisionRecord
  | ValidationRequestRecord
  | SellerDecisionRecord
  | SellerHoldRecord
  | EndpointRecord
  | HoldRecord;
