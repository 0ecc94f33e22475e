/** The records of an import after their shape is checked: ids text, amounts in minor units, instants in UTC, absent fields undefined. */
import type { FeeRule } from "../../domain/fees.ts";
import type { HoldReason } from "../../domain/hold-reason.ts";
import type { IntegrationMode, OrderState } from "../../domain/order.ts";
import type { CapturePolicy, SettlementPolicy } from "../../domain/policies.ts";
import type { OnboardingState } from "../../domain/seller.ts";
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
}

export interface ValidationRecord {
  readonly type: "validation";
  readonly marketplace: string;
  readonly transaction: string;
}

export interface OperationRecord {
  readonly type: "capture" | "cancellation" | "refund";
  readonly marketplace: string;
  readonly id: string;
  readonly transaction: string;
  readonly seller: string | undefined;
  /** Absent only for a cancellation of everything that is open. */
  readonly amount: bigint | undefined;
  readonly fee: bigint | undefined;
  /** Given when it was done elsewhere already. */
  readonly doneAt: string | undefined;
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
  | EndpointRecord
  | HoldRecord;
