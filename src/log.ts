/** The log: JSON lines on stderr, in which no account number, card number or secret can be read, wherever in the line it stands. */
import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from "pino";
import { SECRET_FIELDS, scrub } from "./scrub.ts";

export interface LogOptions {
  readonly level: string;
  /** Where lines go; stderr when absent. */
  readonly to?: DestinationStream;
}

/** Redacts secrets by field first, so that they are never even written out, and scrubs each finished line after that. */
export function createLog({ level, to = destination({ dest: 2, sync: true }) }: LogOptions): Logger {
  return pino(
    {
      level,
      timestamp: stdTimeFunctions.isoTime,
      base: { pid: process.pid },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: "***" },
      hooks: { streamWrite: scrub },
    },
    to,
  );
}
