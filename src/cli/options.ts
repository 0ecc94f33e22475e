/** Options that several commands share, and how their words are checked. */
import { InvalidArgumentError, Option } from "commander";
import type { Context } from "../app/context.ts";
import { dateInZone, isIsoDate } from "../domain/calendar.ts";
import type { Call } from "./act.ts";

export function dateOption(says = "the business date (default: today in the configured zone)"): Option {
  return new Option("--date <date>", says).argParser((text) => {
    if (!isIsoDate(text)) throw new InvalidArgumentError("It must be a date that exists, written YYYY-MM-DD.");
    return text;
  });
}

export function limitOption(): Option {
  return new Option("--limit <count>", "at most so many rows").default(50).argParser((text) => {
    const count = Number(text);
    if (!/^\d{1,6}$/.test(text) || count < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
    return count;
  });
}

/** The date that was given, else today in the operator's zone. */
export function businessDateOf({ options }: Call, { clock, config }: Pick<Context, "clock" | "config">): string {
  return textOption(options.date) ?? dateInZone(clock(), config.zone);
}

/** An option that is text when it was given. */
export function textOption(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function portOption(flags: string, says: string): Option {
  return new Option(flags, says).argParser((text) => {
    const port = Number(text);
    if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("It must be a port from 0 to 65535.");
    return port;
  });
}
