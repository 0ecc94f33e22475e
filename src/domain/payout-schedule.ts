/** On which business dates a seller is paid out. */
import type { IsoDate } from "./calendar.ts";

export const WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** MANUAL pays only by cashout. A day of the month that the month does not have is its last one. */
export type PayoutSchedule =
  | { readonly kind: "DAILY" }
  | { readonly kind: "WEEKLY"; readonly days: readonly Weekday[] }
  | { readonly kind: "MONTHLY"; readonly days: readonly (number | "LAST")[] }
  | { readonly kind: "MANUAL" };

export const SCHEDULE_KINDS = [
  "DAILY",
  "WEEKLY",
  "MONTHLY",
  "MANUAL",
] as const satisfies readonly PayoutSchedule["kind"][];

export function isPayoutDay(schedule: PayoutSchedule, date: IsoDate): boolean {
  switch (schedule.kind) {
    case "DAILY":
      return true;
    case "MANUAL":
      return false;
    case "WEEKLY":
      return schedule.days.some((day) => day === weekdayOf(date));
    case "MONTHLY":
      return isDayOfMonth(schedule.days, date);
    default:
      return schedule satisfies never;
  }
}

function weekdayOf(date: IsoDate): Weekday | undefined {
  const sundayFirst = new Date(`${date}T00:00:00Z`).getUTCDay();
  return WEEKDAYS[(sundayFirst + 6) % 7];
}

function isDayOfMonth(days: readonly (number | "LAST")[], date: IsoDate): boolean {
  const [year, month, day] = date.split("-").map(Number);
  const last = new Date(Date.UTC(year ?? 0, month ?? 1, 0)).getUTCDate();
  return days.some((wanted) => Math.min(wanted === "LAST" ? last : wanted, last) === day);
}
