/** Checks the shape of marketplaces and sellers. */
import { bicForIbanProblem } from "../../domain/account-number.ts";
import type { FeeRule } from "../../domain/fees.ts";
import { INTEGRATION_MODES, OPERATOR } from "../../domain/order.ts";
import type { CapturePolicy, SettlementPolicy } from "../../domain/policies.ts";
import { ONBOARDING_LIFECYCLE, type OnboardingState } from "../../domain/seller.ts";
import type { Fields } from "./fields.ts";
import type { AddressRecord, MarketplaceRecord, PartyRecord, SellerRecord } from "./records.ts";

/** SEPA carries 70 characters of a name (EPC132-08, AT-E001 and others). */
const LONGEST_NAME = 70;
const LONGEST_CONFIGURED = 40;
const MOST_DAYS = 365n;
const ALL_BASIS_POINTS = 10_000n;
const ONBOARDING_STATES = Object.keys(ONBOARDING_LIFECYCLE) as readonly OnboardingState[];

export function readMarketplace(fields: Fields): MarketplaceRecord {
  const debtor = fields.optionalInner("debtor");
  if (debtor === undefined) fields.fault("FIELD_MISSING", "debtor", "nothing", "name and iban of the paying account");
  const operator = fields.optionalInner("operator");
  const record: MarketplaceRecord = {
    type: "marketplace",
    id: fields.id("id"),
    name: fields.text("name", LONGEST_NAME),
    currency: fields.optionalCurrency(),
    zone: readZone(fields),
    debtor: readDebtor(debtor),
    bank: fields.id("bank", LONGEST_CONFIGURED),
    profile: fields.id("profile", LONGEST_CONFIGURED),
    gateway: fields.id("gateway", LONGEST_CONFIGURED),
    integrationMode: fields.choice("integrationMode", INTEGRATION_MODES),
    capture: readCapturePolicy(fields.optionalInner("capture")),
    settlement: readSettlementPolicy(fields.optionalInner("settlement")),
    fees: (fields.optionalList("fees") ?? []).map(readFeeRule),
    operator:
      operator === undefined
        ? undefined
        : { ...readParty(operator), address: readAddress(operator, ["name", "iban", "bic"]) },
  };
  fields.close([
    ..."type id name currency zone debtor bank profile gateway".split(" "),
    ..."integrationMode capture settlement fees operator".split(" "),
  ]);
  return record;
}

function readZone(fields: Fields): string | undefined {
  const zone = fields.optionalText("zone");
  if (zone === undefined || zone === "") return zone;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) && zone;
  } catch {
    fields.fault("FIELD_INVALID", "zone", zone, "an IANA zone such as Europe/Paris");
    return zone;
  }
}

function readDebtor(fields: Fields | undefined): MarketplaceRecord["debtor"] {
  if (fields === undefined) return { name: "", iban: "", bic: undefined };
  const { iban, ...rest } = readParty(fields);
  if (iban === undefined) fields.fault("FIELD_MISSING", "iban", "nothing", "the IBAN of the paying account");
  fields.close(["name", "iban", "bic"]);
  return { ...rest, iban: iban ?? "" };
}

function readParty(fields: Fields): PartyRecord {
  return { name: fields.text("name", LONGEST_NAME), ...readAccount(fields) };
}

function readAccount(fields: Fields): Pick<PartyRecord, "iban" | "bic"> {
  const iban = fields.optionalIban();
  const bic = fields.optionalBic();
  const problem = iban === undefined || bic === undefined ? undefined : bicForIbanProblem(bic, iban);
  if (problem !== undefined && !fields.place.isFaulty) fields.fault("BIC_INVALID", "bic", bic ?? "", problem);
  return { iban, bic };
}

/** The inner `address`; `beside` are the other fields of the object it stands in, which is closed here. */
function readAddress(fields: Fields, beside: readonly string[]): AddressRecord | undefined {
  const address = fields.optionalInner("address");
  fields.close([...beside, "address"]);
  if (address === undefined) return undefined;
  const record: AddressRecord = {
    country: address.text("country", 2),
    town: address.text("town", 35),
    postCode: address.optionalText("postCode", 16),
    street: address.optionalText("street", 70),
    buildingNumber: address.optionalText("buildingNumber", 16),
  };
  if (record.country !== "" && !/^[A-Z]{2}$/.test(record.country)) {
    address.fault("FIELD_INVALID", "country", record.country, "a country in two capital letters, such as FR");
  }
  address.close(["country", "town", "postCode", "street", "buildingNumber"]);
  return record;
}

function readCapturePolicy(fields: Fields | undefined): Partial<CapturePolicy> {
  if (fields === undefined) return {};
  const days = (name: string) => fields.optionalWhole(name, 0n, MOST_DAYS);
  const policy = {
    honourDays: days("honourDays"),
    validityDays: days("validityDays"),
    marginHours: fields.optionalWhole("marginHours", 0n, MOST_DAYS * 24n),
  };
  const { honourDays, validityDays } = policy;
  if (honourDays !== undefined && validityDays !== undefined && honourDays > validityDays) {
    fields.fault("FIELD_INVALID", "honourDays", String(honourDays), `at most validityDays, ${validityDays}`);
  }
  fields.close(["honourDays", "validityDays", "marginHours"]);
  return Object.fromEntries(
    Object.entries(policy).flatMap(([name, value]) => (value === undefined ? [] : [[name, Number(value)]])),
  );
}

function readSettlementPolicy(fields: Fields | undefined): Partial<SettlementPolicy> {
  if (fields === undefined) return {};
  const delayDays = fields.optionalWhole("delayDays", 0n, MOST_DAYS);
  const delayCounts = fields.optionalChoice("delayCounts", ["CALENDAR_DAYS", "BANKING_DAYS"] as const);
  const minimumPayout = fields.optionalAmount("minimumPayout");
  const maximumPayout = fields.optionalAmount("maximumPayout");
  fields.close(["delayDays", "delayCounts", "minimumPayout", "maximumPayout"]);
  return {
    ...(delayDays === undefined ? {} : { delayDays: Number(delayDays) }),
    ...(delayCounts === undefined ? {} : { delayCounts }),
    ...(minimumPayout === undefined ? {} : { minimumPayout }),
    ...(maximumPayout === undefined ? {} : { maximumPayout }),
  };
}

function readFeeRule(fields: Fields): FeeRule {
  const seller = fields.optionalId("seller");
  const category = fields.optionalText("category", 64);
  const minimum = fields.optionalAmount("minimum");
  const maximum = fields.optionalAmount("maximum");
  const rule: FeeRule = {
    ...(seller === undefined ? {} : { seller }),
    ...(category === undefined ? {} : { category }),
    basisPoints: fields.optionalWhole("basisPoints", 0n, ALL_BASIS_POINTS) ?? 0n,
    fixed: fields.optionalAmount("fixed") ?? 0n,
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    refund: fields.optionalChoice("refund", ["PROPORTIONAL", "NONE"] as const) ?? "PROPORTIONAL",
  };
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    fields.fault("FIELD_INVALID", "minimum", String(minimum), `at most the maximum, ${maximum}`);
  }
  fields.close(["seller", "category", "basisPoints", "fixed", "minimum", "maximum", "refund"]);
  return rule;
}

const SELLER_FIELDS = "type marketplace id legalName accountHolder iban bic onboarding".split(" ");

export function readSeller(fields: Fields): SellerRecord {
  const record: SellerRecord = {
    type: "seller",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    legalName: fields.text("legalName"),
    accountHolder: fields.optionalText("accountHolder", LONGEST_NAME),
    ...readAccount(fields),
    onboarding: fields.optionalChoice("onboarding", ONBOARDING_STATES),
    address: readAddress(fields, SELLER_FIELDS),
  };
  if (record.id === OPERATOR) {
    fields.fault("ID_INVALID", "id", OPERATOR, "another id: the operator is given with the marketplace, as operator");
  }
  return record;
}
