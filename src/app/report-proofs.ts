/** Puts the conservation proof of each marketplace and currency into a job's report, as one line that a person can add up. */
import { formatMinor } from "../domain/money.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import { currenciesOf } from "../store/proof.ts";
import { storedProofs } from "../store/reports/settlement-of-day.ts";
import type { Queries } from "../store/store.ts";
import { conservationProof, type Proof } from "./conservation-proof.ts";
import type { JobReport } from "./context.ts";

/** What came in stands left of the equals sign, less what went back; everything else says where it is. */
const SIGNS: Readonly<Record<string, "+" | "-">> = { captured: "+", cashedIn: "+", refunded: "-", charged: "-" };
const NOT_A_PLACE = new Set(["currency", "difference"]);

type ProofValues = Readonly<Record<string, bigint | string>>;

/** `captured 12.00 + cashed in 0.00 - refunded 0.00 = pending 2.00 + ... , difference 0.00 EUR`. */
export function proofText(proof: Proof): string {
  const { currency } = proof;
  const values = proof as unknown as ProofValues;
  const term = (name: string) => `${spaced(name)} ${formatMinor(BigInt(values[name] ?? 0n), currency)}`;
  const names = Object.keys(values).filter((name) => !NOT_A_PLACE.has(name));
  const left = names.filter((name) => SIGNS[name] !== undefined);
  const right = names.filter((name) => SIGNS[name] === undefined);
  const came = left.map((name, index) => (index === 0 ? term(name) : `${SIGNS[name]} ${term(name)}`)).join(" ");
  return `${came} = ${right.map(term).join(" + ")}, ${term("difference")} ${currency}`;
}

function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The name under which a report carries a proof. */
export function isProofCount(name: string): boolean {
  return name.includes(".proof.");
}

/** The proof as the last settlement of the date stored it; where none was made on that date, as it is now. */
export async function withProofs(db: Queries, businessDate: string, report: JobReport): Promise<JobReport> {
  const proofs: Record<string, string> = {};
  for (const { id, ref } of await allMarketplaces(db)) {
    const stored = new Map(
      (await storedProofs(db, id, businessDate))
        .filter(({ proof }) => proof !== "")
        .map((row) => [row.currency, row.proof]),
    );
    for (const currency of await currenciesOf(db, id)) {
      const text = stored.get(currency);
      const proof = text === undefined ? await conservationProof(db, id, currency) : (JSON.parse(text) as Proof);
      proofs[`${ref}.proof.${currency}`] = proofText(proof);
    }
  }
  return { ...report, counts: { ...report.counts, ...proofs } };
}
