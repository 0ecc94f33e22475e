/** Checks the shape of marketplaces and sellers. */
import { bicForIbanProblem } from "../../domain/account-number.ts";
import { INTEGRATION_MODES, OPERATOR } from "../../domain/order.ts";
import type { CapturePolicy } from "../../domain/policies.ts";
import { ONBOARDING_LIFECYCLE, type OnboardingState } from "../../domain/seller.ts";
import type { Fields } from "./fields.ts";
import { readFeeRules } from "./read-fee-rules.ts";
import { readSettlementPolicy } from "./read-settlement-policy.ts";
import type { AddressRecord, MarketplaceRecord, PartyRecord, SellerRecord } from "./records.ts";

/** SEPA carries 70 characters of a name (EPC132-08, AT-E001 and others). */
const LONGEST_NAME = 70;
const LONGEST_CONFIGURED = 40;
const MOST_DAYS = 365n;
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
    settlement: readSettlementPolicy(fields.optionalInner("settlement"), "marketplace"),
    fees: readFeeRules(fields),
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

const SELLER_FIELDS = "type marketplace id legalName accountHolder iban bic onboarding settlement documents".split(" ");

export function readSeller(fields: Fields): SellerRecord {
  const settlement = fields.optionalInner("settlement");
  const record: SellerRecord = {
    type: "seller",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    legalName: fields.text("legalName"),
    accountHolder: fields.optionalText("accountHolder", LONGEST_NAME),
    ...readAccount(fields),
    onboarding: fields.optionalChoice("onboarding", ONBOARDING_STATES),
    settlement: settlement === undefined ? undefined : readSettlementPolicy(settlement, "seller"),
    documents: fields.optionalTexts("documents"),
    address: readAddress(fields, SELLER_FIELDS),
  };
  if (record.id === OPERATOR) {
    fields.fault("ID_INVALID", "id", OPERATOR, "another id: the operator is given with the marketplace, as operator");
  }
  return record;
}
