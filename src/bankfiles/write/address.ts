/** A payee's address in the form that the bank takes, by the rules in force since November 2026 (EPC153-22). */
import type { BankProfile } from "../profile/profile.ts";
import { type Charset, convertText } from "./charset.ts";
import { isCountry } from "./countries.ts";
import type { Pain001Address } from "./transfer.ts";

/** Converted texts, ready to be escaped; empty where the element is left out. */
export interface WrittenAddress {
  readonly street: string;
  readonly buildingNumber: string;
  readonly postCode: string;
  readonly town: string;
  readonly country: string;
  readonly lines: readonly string[];
}

export interface AddressProblem {
  readonly code: string;
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

/** Longest text of each element (PostalAddress24; PostalAddress6 allows the same). */
const MAX = { street: 70, buildingNumber: 16, postCode: 16, town: 35, line: 70 } as const;

type AddressForm = BankProfile["address"]["form"];

/** The address as it is written, undefined when the bank gets none. Lengths are not checked here. */
export function writtenAddress(
  address: Pain001Address | undefined,
  form: AddressForm,
  charset: Charset,
): WrittenAddress | undefined {
  if (address === undefined || form === "none") return undefined;
  const text = (value: string | undefined) => (value === undefined ? "" : convertText(value, charset));
  const given = (address.lines ?? []).map(text).filter((line) => line !== "");
  const parts = {
    street: text(address.street),
    buildingNumber: text(address.buildingNumber),
    postCode: text(address.postCode),
    town: text(address.town),
    country: address.country,
  };
  if (form !== "lines") return { ...parts, lines: form === "hybrid" ? given : [] };
  const composed = [joined(parts.street, parts.buildingNumber), joined(parts.postCode, parts.town)];
  return {
    street: "",
    buildingNumber: "",
    postCode: "",
    town: "",
    country: parts.country,
    lines: given.length > 0 ? given : composed.filter((line) => line !== ""),
  };
}

function joined(first: string, second: string): string {
  return `${first} ${second}`.trim();
}

/** Everything that keeps an address from being written in this form. */
export function addressProblems(
  address: Pain001Address,
  form: AddressForm,
  charset: Charset,
): readonly AddressProblem[] {
  const written = writtenAddress(address, form, charset);
  if (written === undefined) return [];
  const problems: AddressProblem[] = [];
  const add = (code: string, field: string, found: string, expected: string) =>
    problems.push({ code, field, found, expected });
  if (!isCountry(address.country))
    add("ADDRESS_COUNTRY", "country", address.country, "a country of ISO 3166, such as DE");
  if (form !== "lines" && written.town === "") {
    add("ADDRESS_INCOMPLETE", "town", "nothing", "a town: town and country are mandatory since 15 November 2026");
  }
  for (const field of ["street", "buildingNumber", "postCode", "town"] as const) {
    if (written[field].length > MAX[field]) {
      add("TEXT_TOO_LONG", field, `${written[field].length} characters`, `at most ${MAX[field]} after conversion`);
    }
  }
  return [...problems, ...lineProblems(address, written, form)];
}

function lineProblems(address: Pain001Address, written: WrittenAddress, form: AddressForm): readonly AddressProblem[] {
  const problems: AddressProblem[] = [];
  const found = `${address.lines?.length ?? 0} lines`;
  if (form === "structured" && (address.lines?.length ?? 0) > 0) {
    return [
      { code: "ADDRESS_LINES", field: "lines", found, expected: "no free lines: this bank takes structured addresses" },
    ];
  }
  if (written.lines.length > 2) {
    problems.push({ code: "ADDRESS_LINES", field: "lines", found, expected: "at most two lines" });
  }
  written.lines.forEach((line, index) => {
    const field = `lines[${index}]`;
    if (line.length > MAX.line) {
      const long = `${line.length} characters`;
      problems.push({ code: "TEXT_TOO_LONG", field, found: long, expected: `at most ${MAX.line} after conversion` });
    }
    if (form === "hybrid" && repeats(line, written)) {
      const expected = "nothing that a structured part already says (EPC153-22)";
      problems.push({ code: "ADDRESS_LINES", field, found: line, expected });
    }
  });
  return problems;
}

function repeats(line: string, { street, postCode, town }: WrittenAddress): boolean {
  const lower = line.toLowerCase();
  return [street, town, postCode].some((part) => part !== "" && lower === part.toLowerCase());
}
