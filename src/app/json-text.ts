/** JSON of values that hold 64-bit integers: those become decimal text, so that no reader rounds them. */

export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? part.toString() : part), indent);
}
