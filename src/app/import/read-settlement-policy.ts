/** Checks the shape of a settlement policy: a marketplace's, or what differs for one seller. */
import { isCurrency } from "../../domain/currency.ts";
import { FEE_REFUNDS } from "../../domain/fees.ts";
import { type PayoutSchedule, SCHEDULE_KINDS, WEEKDAYS } from "../../domain/payout-schedule.ts";
import {
  CHARGED_TO,
  type ChargebackPolicy,
  OPERATOR_PAYOUTS,
  PAID_WHEN,
  type PayoutLimits,
  type ReservePolicy,
  type SettlementPolicy,
} from "../../domain/policies.ts";
import type { Fields } from "./fields.ts";
import { present } from "./present.ts";

const ALL_BASIS_POINTS = 10_000n;
const MOST_COOLING_HOURS = 24n * 90n;
const LIMITS = ["minimumPayout", "maximumPayout", "maximumPerDay", "maximumDebt"] as const;
const BOTH = "delayDays delayCounts schedule reserve maximumDebtDays coolingHours".split(" ");
/** What is agreed once for a marketplace, and never for one seller. */
const MARKETPLACE_ONLY = ["currencies", "chargeback", "operatorPayout", "paidWhen"];

export function readSettlementPolicy(
  fields: Fields | undefined,
  of: "marketplace" | "seller",
): Partial<SettlementPolicy> {
  if (fields === undefined) return {};
  const own =
    of === "seller"
      ? {}
      : {
          currencies: readCurrencies(fields.optionalInner("currencies")),
          chargeback: readChargeback(fields.optionalInner("chargeback")),
          operatorPayout: fields.optionalChoice("operatorPayout", OPERATOR_PAYOUTS),
          paidWhen: fields.optionalChoice("paidWhen", PAID_WHEN),
        };
  const policy = {
    delayDays: fields.optionalDays("delayDays"),
    delayCounts: fields.optionalChoice("delayCounts", ["CALENDAR_DAYS", "BANKING_DAYS"] as const),
    schedule: readSchedule(fields.optionalInner("schedule")),
    ...readLimits(fields),
    reserve: readReserve(fields.optionalInner("reserve")),
    maximumDebtDays: fields.optionalDays("maximumDebtDays"),
    coolingHours: fields.optionalDays("coolingHours", 0n, MOST_COOLING_HOURS),
    ...own,
  };
  fields.close([...BOTH, ...LIMITS, ...(of === "seller" ? [] : MARKETPLACE_ONLY)]);
  return present(policy);
}

function readLimits(fields: Fields): Partial<PayoutLimits> {
  const limits: Partial<PayoutLimits> = present({
    minimumPayout: fields.optionalAmount("minimumPayout"),
    maximumPayout: fields.optionalPositive("maximumPayout"),
    maximumPerDay: fields.optionalPositive("maximumPerDay"),
    maximumDebt: fields.optionalAmount("maximumDebt"),
  });
  const { minimumPayout, maximumPayout, maximumPerDay } = limits;
  for (const [name, most] of [["maximumPayout", maximumPayout] as const, ["maximumPerDay", maximumPerDay] as const]) {
    if (minimumPayout !== undefined && most !== undefined && minimumPayout > most) {
      fields.fault("FIELD_INVALID", "minimumPayout", String(minimumPayout), `at most ${name}, ${most}`);
    }
  }
  return limits;
}

function readSchedule(fields: Fields | undefined): PayoutSchedule | undefined {
  if (fields === undefined) return undefined;
  const kind = fields.choice("kind", SCHEDULE_KINDS);
  if (kind === "DAILY" || kind === "MANUAL") {
    fields.close(["kind"]);
    return { kind };
  }
  const days = fields.optionalTexts("days") ?? [];
  fields.close(["kind", "days"]);
  if (kind === "WEEKLY") {
    const weekdays = days.flatMap((day) => WEEKDAYS.find((known) => known === day) ?? []);
    expectDays(fields, days, weekdays.length, `days of ${WEEKDAYS.join(", ")}, each once`);
    return { kind, days: weekdays };
  }
  const monthDays = days.flatMap((day): (number | "LAST")[] =>
    day === "LAST" ? ["LAST"] : /^(?:[1-9]|[12]\d|3[01])$/.test(day) ? [Number(day)] : [],
  );
  expectDays(fields, days, monthDays.length, 'days as texts from "1" to "31" or "LAST", each once');
  return { kind, days: monthDays };
}

function expectDays(fields: Fields, given: readonly string[], understood: number, expected: string): void {
  if (given.length > 0 && understood === given.length && new Set(given).size === given.length) return;
  fields.fault("FIELD_INVALID", "days", given.join(", ") || "nothing", expected);
}

function readReserve(fields: Fields | undefined): ReservePolicy | undefined {
  if (fields === undefined) return undefined;
  const basisPoints = fields.optionalWhole("basisPoints", 0n, ALL_BASIS_POINTS);
  const days = fields.optionalDays("days", 1n);
  if (basisPoints === undefined) fields.fault("FIELD_MISSING", "basisPoints", "nothing", "500 for 5 %");
  if (days === undefined) fields.fault("FIELD_MISSING", "days", "nothing", "days until the reserve is released");
  fields.close(["basisPoints", "days"]);
  return { basisPoints: basisPoints ?? 0n, days: days ?? 1 };
}

function readChargeback(fields: Fields | undefined): ChargebackPolicy | undefined {
  if (fields === undefined) return undefined;
  const policy = {
    chargedTo: fields.optionalChoice("chargedTo", CHARGED_TO) ?? "SELLER",
    ...present({ charge: fields.optionalPositive("charge"), fee: fields.optionalChoice("fee", FEE_REFUNDS) }),
  };
  fields.close(["chargedTo", "charge", "fee"]);
  return policy;
}

/** Limits by currency: `{ "JPY": { "minimumPayout": 1000 } }`. */
function readCurrencies(fields: Fields | undefined): SettlementPolicy["currencies"] | undefined {
  if (fields === undefined) return undefined;
  const limits: Record<string, Partial<PayoutLimits>> = {};
  const names = fields.names();
  for (const name of names) {
    const inner = fields.optionalInner(name);
    if (!isCurrency(name)) fields.fault("CURRENCY_UNKNOWN", name, name, "an ISO 4217 code such as JPY");
    if (inner === undefined) continue;
    limits[name] = readLimits(inner);
    inner.close(LIMITS);
  }
  fields.close(names);
  return limits;
}
