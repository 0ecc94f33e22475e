/** The sandbox's own reading and writing of two-decimal amounts; it shares nothing with the engine's money. */

/** Cents of `12`, `12.3` or `12.34`; undefined for anything else, also for a third decimal that is not zero. */
export function centsOf(text: string): bigint | undefined {
  const match = /^([0-9]{1,16})(?:\.([0-9]{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = (match[2] ?? "").padEnd(2, "0");
  if (/[^0]/.test(fraction.slice(2))) return undefined;
  return BigInt(match[1] ?? "0") * 100n + BigInt(fraction.slice(0, 2));
}

/** `1234n` -> `12.34`. Files carry amounts without sign, the direction stands beside them: the sign is dropped. */
export function unsignedText(cents: bigint): string {
  const size = cents < 0n ? -cents : cents;
  return `${size / 100n}.${String(size % 100n).padStart(2, "0")}`;
}
