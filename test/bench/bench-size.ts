/** How much a benchmark works on: what its issue says, or fewer rows while others need the machine. */

/** `bench NAME [--json] [COUNT]`. */
export function benchSize(usual: number): number {
  return Number(process.argv.slice(3).find((word) => /^\d+$/.test(word)) ?? usual);
}

/** `--rounds=1` for one look instead of the median of several. */
export function benchRounds(usual: number): number {
  const word = process.argv.find((one) => one.startsWith("--rounds="));
  return word === undefined ? usual : Number(word.slice("--rounds=".length));
}
