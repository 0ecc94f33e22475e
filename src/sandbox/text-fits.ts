/** The patterns of the sandbox's rules: exact texts, or texts with `*` for any signs. */

/** True when no pattern is given, or the text is the pattern with `*` standing for any signs, also none. */
export function textFits(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  if (!pattern.includes("*")) return pattern === text;
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*")}$`).test(text);
}
