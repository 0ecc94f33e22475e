/** The instant of an ISO date-time text, as a number that can be compared. */

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Milliseconds since 1970 of an xs:date or xs:dateTime; a text without an offset is read as UTC, never in the zone of
 * the process. What cannot be read, or is absent, is older than everything: -Infinity.
 */
export function instantOf(text: string | undefined): number {
  const match = DATE_TIME.exec(text?.trim() ?? "");
  if (match === null) return Number.NEGATIVE_INFINITY;
  const [, date = "", time = "00:00:00", zone = "Z"] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const instant = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(instant) ? Number.NEGATIVE_INFINITY : instant;
}
