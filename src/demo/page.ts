/** What the demo prints: lines of at most 100 columns, amounts with their thousands apart. */
import { formatMinor } from "../domain/money.ts";

const WIDTH = 100;
const INDENT = "         ";

/** `171,234.50 EUR`, of minor units or of decimal text. */
export function euros(amount: bigint | string): string {
  const [whole = "", decimals = ""] = (typeof amount === "string" ? amount : formatMinor(amount, "EUR")).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${decimals} EUR`;
}

/** `1 file`, `5,018 orders`. */
export function counted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ",")} ${BigInt(count) === 1n ? one : many}`;
}

export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** A sentence beside the time at which it was so, or under the one before it; long ones go on in the next line. */
export function printAt(at: string, sentence: string): void {
  let line = at === "" ? INDENT : `  ${at}  `;
  for (const word of sentence.split(" ")) {
    if (line.length + word.length > WIDTH && line.trim() !== "") {
      print(line.trimEnd());
      line = `${INDENT}  `;
    }
    line += `${word} `;
  }
  print(line.trimEnd());
}

/** Names on the left, amounts under each other on the right. */
export function printAmounts(rows: readonly (readonly [string, bigint] | "line" | "space")[]): void {
  for (const row of rows) {
    if (row === "line") print(`  ${"".padEnd(44)}${"-".repeat(20)}`);
    else if (row === "space") print();
    else print(`  ${row[0].padEnd(44)}${euros(row[1]).padStart(20)}`);
  }
}
