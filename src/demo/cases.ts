/** The cases that a night must get right, each with a seller or an order of its own in the middle of the marketplace. */
import type { BankRule } from "../sandbox/bank-rule.ts";
import type { GatewayRule } from "../sandbox/gateway-rule.ts";
import { DAYS, EVE, MARKETPLACE, type SampleRecord } from "./market.ts";
import { sepaIban } from "./sepa-ibans.ts";

const [WEDNESDAY, THURSDAY, FRIDAY] = DAYS;

/** Sellers by their ids at the marketplace. */
export const CASE_SELLERS = {
  /** Seed 001: one cart of the operator and two shops. */
  shop1: "myshop1.com",
  shop2: "myshop2.com",
  /** The account is closed: the bank rejects the transfer. Later the seller gives another one. */
  rejected: "shop-closed-account",
  /** The bank pays, and the money comes back a day later, less a charge. */
  returned: "shop-blocked-account",
  /** Has not given an account yet. */
  accountless: "shop-without-account",
  /** Is not validated yet. */
  unvalidated: "shop-not-validated",
  /** Has been paid for a sale that is refunded afterwards. */
  indebted: "shop-refunded",
  other: "shop-other",
} as const;

/** Orders by their ids at the marketplace. */
export const CASE_ORDERS = {
  practical: "20170412_58ee3c403c973",
  /** The issuer declines the capture. */
  declined: "CASE-DECLINED",
  /** The authorisation lapsed before the first night. */
  expired: "CASE-EXPIRED",
  /** The authorisation is asked the day before the capture. */
  dayBefore: "CASE-DAY-BEFORE",
  /** Likewise, and the issuer refuses it. */
  dayBeforeRefused: "CASE-DAY-BEFORE-REFUSED",
  /** Waits for a person, who is warned in time and validates it. */
  validated: "CASE-VALIDATED",
  /** Nobody validates it in time. */
  notValidated: "CASE-NOT-VALIDATED",
  refunded: "CASE-REFUNDED",
} as const;

const IBANS = {
  shop1: sepaIban("DE", 11),
  shop2: sepaIban("DE", 12),
  closed: sepaIban("DE", 13),
  blocked: sepaIban("DE", 14),
  indebted: sepaIban("DE", 15),
  other: sepaIban("DE", 16),
  unvalidated: sepaIban("DE", 17),
  reopened: sepaIban("DE", 18),
} as const;

export const REJECT_CODE = "AC04";
export const RETURN_CODE = "AC06";
/** Minor units that the other bank keeps of what it sends back. */
export const RETURN_CHARGES = 250n;

export const CASE_BANK_RULES: readonly BankRule[] = [
  { when: { creditorIban: IBANS.closed }, do: { kind: "reject", code: REJECT_CODE } },
  {
    when: { creditorIban: IBANS.blocked },
    do: { kind: "return", code: RETURN_CODE, chargesMinor: String(RETURN_CHARGES) },
    times: 1,
  },
];

export const CASE_GATEWAY_RULES: readonly GatewayRule[] = [
  { when: { kind: "capture", orderRef: CASE_ORDERS.declined }, do: { kind: "decline", code: "DO_NOT_HONOUR" } },
  {
    when: { kind: "authorisation", orderRef: CASE_ORDERS.dayBeforeRefused },
    do: { kind: "decline", code: "INSUFFICIENT_FUNDS" },
  },
];

const base = { marketplace: MARKETPLACE } as const;

/** What is known on the eve. */
export function caseRecords(): readonly SampleRecord[] {
  return [...sellers(), ...practicalCase(), ...soldOnTheEve(), ...cards()];
}

/** What arrives in the morning of that day, while people are at work. */
export function caseRecordsOf(date: string): readonly SampleRecord[] {
  if (date !== THURSDAY) return [];
  return [
    { type: "validation", ...base, transaction: `${CASE_ORDERS.validated}-T` },
    {
      type: "refund",
      ...base,
      id: "CASE-REFUND-1",
      transaction: `${CASE_ORDERS.refunded}-T`,
      seller: CASE_SELLERS.indebted,
      amount: 6_000,
    },
    seller(CASE_SELLERS.rejected, "Shop with a closed account", IBANS.reopened),
  ];
}

function seller(id: string, name: string, iban?: string, onboarding = "VALIDATED"): SampleRecord {
  const account = iban === undefined ? {} : { iban };
  return { type: "seller", ...base, id, legalName: name, accountHolder: name, ...account, onboarding };
}

function sellers(): readonly SampleRecord[] {
  return [
    seller(CASE_SELLERS.shop1, "My Shop 1", IBANS.shop1),
    seller(CASE_SELLERS.shop2, "My Shop 2", IBANS.shop2),
    seller(CASE_SELLERS.rejected, "Shop with a closed account", IBANS.closed),
    seller(CASE_SELLERS.returned, "Shop with a blocked account", IBANS.blocked),
    seller(CASE_SELLERS.accountless, "Shop without account"),
    seller(CASE_SELLERS.unvalidated, "Shop not validated", IBANS.unvalidated, "PENDING_VALIDATION"),
    seller(CASE_SELLERS.indebted, "Shop that refunds", IBANS.indebted),
    seller(CASE_SELLERS.other, "Shop of the other cases", IBANS.other),
  ];
}

/** Seed 001, "Practical case": two items of the operator, one of each shop, authorised at once, captured per seller. */
function practicalCase(): readonly SampleRecord[] {
  const id = CASE_ORDERS.practical;
  const items = [
    { id: "REF-112233", name: "television", price: 50_000, quantity: 1, amount: 50_000, seller: "OPERATOR" },
    { id: "REF-445566", name: "sound bar", price: 30_000, quantity: 1, amount: 30_000, seller: "OPERATOR" },
    { id: "REF-123456", name: "tee-shirt", price: 1_500, quantity: 2, amount: 3_000, seller: CASE_SELLERS.shop1 },
    { id: "REF-456789", name: "tee-shirt", price: 1_500, quantity: 3, amount: 4_500, seller: CASE_SELLERS.shop2 },
  ];
  return [
    { type: "order", ...base, id, amount: 87_500, createdAt: `${EVE}T10:00:00Z`, items },
    authorised(id, 87_500, WEDNESDAY),
  ];
}

function order(id: string, sellerId: string, amount: number): SampleRecord {
  const items = [{ id: `${id}-1`, name: "goods", price: amount, quantity: 1, amount, seller: sellerId }];
  return { type: "order", ...base, id, amount, createdAt: `${EVE}T10:00:00Z`, items };
}

function transaction(id: string, amount: number, status: string): SampleRecord {
  return { type: "transaction", ...base, id: `${id}-T`, order: id, amount, status };
}

function authorised(id: string, amount: number, captureOn: string): SampleRecord {
  const times = { authorisedAt: `${EVE}T10:01:00Z`, captureOn };
  return { ...transaction(id, amount, "AUTHORISED"), gatewayRef: `auth-${id}`, ...times };
}

function soldOnTheEve(): readonly SampleRecord[] {
  const sales = [
    ["CASE-CLOSED", CASE_SELLERS.rejected, 20_000],
    ["CASE-BLOCKED", CASE_SELLERS.returned, 30_000],
    ["CASE-NO-ACCOUNT", CASE_SELLERS.accountless, 15_000],
    ["CASE-UNVALIDATED", CASE_SELLERS.unvalidated, 7_700],
  ] as const;
  return sales.flatMap(([id, sellerId, amount]) => [
    order(id, sellerId, amount),
    { ...transaction(id, amount, "CAPTURED"), gatewayRef: `auth-${id}`, capturedAt: `${EVE}T15:00:00Z` },
  ]);
}

function cards(): readonly SampleRecord[] {
  const { declined, expired, dayBefore, dayBeforeRefused, validated, notValidated, refunded } = CASE_ORDERS;
  const { other, indebted } = CASE_SELLERS;
  const toValidate = (id: string, expiresAt: string) => ({
    ...transaction(id, 4_000, "AUTHORISED_TO_VALIDATE"),
    gatewayRef: `auth-${id}`,
    authorisedAt: "2026-11-13T10:00:00Z",
    captureOn: THURSDAY,
    expiresAt,
  });
  const waiting = (id: string, captureOn: string) => ({
    ...transaction(id, 5_000, "WAITING_AUTHORISATION"),
    token: "CASE-TOKEN",
    captureOn,
  });
  return [
    { type: "token", ...base, id: "CASE-TOKEN", state: "SUCCEEDED", gatewayToken: "alias-0001" },
    order(refunded, indebted, 6_000),
    authorised(refunded, 6_000, WEDNESDAY),
    order(declined, other, 3_300),
    authorised(declined, 3_300, WEDNESDAY),
    order(expired, other, 2_200),
    { ...authorised(expired, 2_200, WEDNESDAY), authorisedAt: "2026-11-10T10:00:00Z", expiresAt: `${EVE}T20:00:00Z` },
    order(dayBefore, other, 5_000),
    waiting(dayBefore, THURSDAY),
    order(dayBeforeRefused, other, 5_000),
    waiting(dayBeforeRefused, FRIDAY),
    order(validated, other, 4_000),
    toValidate(validated, `${FRIDAY}T07:00:00Z`),
    order(notValidated, other, 4_000),
    toValidate(notValidated, `${THURSDAY}T12:00:00Z`),
  ];
}
