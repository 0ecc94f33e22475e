/** The date of an instant in a zone, for very many instants. */
import { dateInZone, type IsoDate } from "../../domain/calendar.ts";

export type DayOf = (instant: string) => IsoDate;

/** Offsets of zones are whole quarters of an hour, so all instants of a quarter have the same date. */
const QUARTER_MS = 15 * 60_000;
const MOST_KEPT = 10_000;

export function dayOfInZone(zone: string): DayOf {
  const days = new Map<number, IsoDate>();
  return (instant) => {
    const quarter = Math.floor(Date.parse(instant) / QUARTER_MS);
    const known = days.get(quarter);
    if (known !== undefined) return known;
    const day = dateInZone(new Date(quarter * QUARTER_MS), zone);
    if (days.size >= MOST_KEPT) days.clear();
    days.set(quarter, day);
    return day;
  };
}
