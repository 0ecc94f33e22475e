/** What time it is: the machine's, or for rehearsals the instant that a file holds. */
import { readFileSync } from "node:fs";
import { RemitError } from "./domain/errors.ts";

/** With a file, each call reads it again, so that a rehearsal moves time by writing it. CONFIG_INVALID when it holds no instant. */
export function clockFrom(file: string | undefined): () => Date {
  if (file === undefined) return () => new Date();
  return () => {
    const text = readClock(file);
    const instant = new Date(text);
    if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(instant.getTime())) {
      throw new RemitError("CONFIG_INVALID", {
        where: `clockFile ${file}`,
        found: JSON.stringify(text.slice(0, 40)),
        expected: "an instant such as 2026-11-20T01:00:00Z",
      });
    }
    return instant;
  };
}

function readClock(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new RemitError("CONFIG_INVALID", {
      where: `clockFile ${file}`,
      found: "no readable file",
      expected: "a file with an instant such as 2026-11-20T01:00:00Z",
      cause,
    });
  }
}
