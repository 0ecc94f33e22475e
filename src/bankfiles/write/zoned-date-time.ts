/** An instant as a bank's wall clock shows it, with its offset: what CreDtTm holds. */
import { dateInZone, timeInZone } from "../../domain/calendar.ts";

/**
 * `2026-11-20T02:30:00+01:00`, whatever the zone of this process. The offset is there, so the instant stays exact when
 * the clock shows the same hour twice.
 */
export function zonedDateTime(instant: Date, zone: string): string {
  const minute = `${dateInZone(instant, zone)}T${timeInZone(instant, zone)}`;
  const wallMs = Date.parse(`${minute}:00Z`);
  const instantMinuteMs = Math.floor(instant.getTime() / 60_000) * 60_000;
  const offset = Math.round((wallMs - instantMinuteMs) / 60_000);
  const seconds = String(instant.getUTCSeconds()).padStart(2, "0");
  return `${minute}:${seconds}${offset < 0 ? "-" : "+"}${clock(Math.abs(offset))}`;
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
