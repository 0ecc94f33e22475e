/** ISO 20022 purposes: of a payment's category (an instruction to the bank) and of a transfer (information to the payee). */

/** ExternalCategoryPurpose1Code. */
export const CATEGORY_PURPOSES: ReadonlySet<string> = new Set(
  (
    "BONU CASH CBLK CCRD CGWV CIPC CONC CORT DCRD DIVI DVPM EPAY FCDT FCIN FCOL GOVT GP2P HEDG ICCP IDCP INTC INTE LBOX " +
    "LOAN MP2B MP2P OTHR PENS RPRE RRCT RRTP RVPM SALA SECU SSBE SUPP SWEP SWFP SWPT TAXS TOPG TRAD TREA VATX VOST WHLD ZABA"
  ).split(" "),
);

/** Category purposes that are no purposes of a transfer, with the purpose that was probably meant. */
const NOT_A_PURPOSE: Readonly<Record<string, string>> = { DIVI: "DIVD" };

/** What is wrong with `Purp/Cd` of a transfer, as a sentence; undefined when it may be written. */
export function purposeProblem(code: string): string | undefined {
  if (!/^[A-Z0-9]{4}$/.test(code)) return "a purpose of four capital letters or digits, such as SUPP";
  const meant = NOT_A_PURPOSE[code];
  return meant === undefined ? undefined : `a purpose code; ${code} is a category purpose, the purpose is ${meant}`;
}
