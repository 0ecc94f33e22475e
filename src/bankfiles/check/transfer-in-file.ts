/** One CdtTrfTxInf as it is read: its texts gathered into a transfer, and what only a file can get wrong. */
import { parseMinor } from "../../domain/money.ts";
import type { Pain001Transfer } from "../write/transfer.ts";
import type { Report } from "../write/transfer-rules.ts";

/** Paths below CdtTrfTxInf and the value they are. */
const VALUES: Readonly<Record<string, string>> = {
  "PmtId/InstrId": "instructionId",
  "PmtId/EndToEndId": "endToEndId",
  "Amt/InstdAmt": "amount",
  "PmtTpInf/LclInstrm/Cd": "localInstrument",
  "CdtrAgt/FinInstnId/BIC": "bic",
  "CdtrAgt/FinInstnId/BICFI": "bic",
  "Cdtr/Nm": "name",
  "CdtrAcct/Id/IBAN": "iban",
  "Cdtr/PstlAdr/Ctry": "country",
  "Cdtr/PstlAdr/TwnNm": "town",
  "Cdtr/PstlAdr/PstCd": "postCode",
  "Cdtr/PstlAdr/StrtNm": "street",
  "Cdtr/PstlAdr/BldgNb": "buildingNumber",
  "Purp/Cd": "purpose",
  "RmtInf/Strd/CdtrRefInf/Ref": "reference",
};

export class TransferInFile {
  currency = "";
  hasPaymentType = false;
  hasAddress = false;
  readonly #values = new Map<string, string>();
  readonly #unstructured: string[] = [];
  readonly #addressLines: string[] = [];
  #structured = 0;
  #structuredCharacters = 0;

  get endToEndId(): string | undefined {
    return this.#values.get("endToEndId");
  }

  get localInstrument(): string | undefined {
    return this.#values.get("localInstrument");
  }

  /** A text element inside the transfer. */
  note(path: string, text: string): void {
    const name = VALUES[path];
    if (name !== undefined) this.#values.set(name, text);
    else if (path === "RmtInf/Ustrd") this.#unstructured.push(text);
    else if (path === "Cdtr/PstlAdr/AdrLine") this.#addressLines.push(text);
    if (path.startsWith("RmtInf/Strd/")) this.#structuredCharacters += text.length + tagCharacters(path);
  }

  /** An element with children ends. */
  leave(path: string): void {
    if (path === "PmtTpInf") this.hasPaymentType = true;
    else if (path === "Cdtr/PstlAdr") this.hasAddress = true;
    else if (path === "RmtInf/Strd") this.#structured += 1;
    else if (path.startsWith("RmtInf/Strd/")) this.#structuredCharacters += tagCharacters(path);
  }

  /** The transfer, and the faults that it cannot show: missing parts, several texts, an amount that is none. */
  transfer(instant: boolean, report: Report): Pain001Transfer {
    const value = (name: string) => this.#values.get(name);
    this.#checkRemittance(report);
    if (value("name") === undefined) report("EPC_MISSING", "Cdtr/Nm", "nothing", "the payee's name");
    if (value("iban") === undefined) report("EPC_MISSING", "CdtrAcct/Id/IBAN", "nothing", "the payee's IBAN");
    const bic = value("bic");
    const [remittance] = this.#unstructured;
    return {
      endToEndId: value("endToEndId") ?? "",
      ...optional("instructionId", value("instructionId")),
      amountMinor: this.#amount(report),
      currency: this.currency,
      instant,
      creditor: {
        name: value("name") ?? "x",
        iban: value("iban") ?? "",
        ...optional("bic", bic),
        ...(this.hasAddress ? { address: this.#address() } : {}),
      },
      ...optional("remittance", remittance),
      ...optional("structuredReference", value("reference")),
      ...optional("purpose", value("purpose")),
    };
  }

  #amount(report: Report): bigint {
    const text = this.#values.get("amount") ?? "";
    try {
      return parseMinor(text.replace(/^\+/, ""), "EUR");
    } catch {
      report(
        "AMOUNT_INVALID",
        "Amt/InstdAmt",
        JSON.stringify(text.slice(0, 40)),
        "an amount with at most two decimals",
      );
      return 1n;
    }
  }

  #address() {
    const value = (name: string) => this.#values.get(name);
    return {
      country: value("country") ?? "",
      town: value("town") ?? "",
      ...optional("postCode", value("postCode")),
      ...optional("street", value("street")),
      ...optional("buildingNumber", value("buildingNumber")),
      lines: this.#addressLines,
    };
  }

  #checkRemittance(report: Report): void {
    if (this.#unstructured.length > 1) {
      report("EPC_REMITTANCE", "RmtInf/Ustrd", `${this.#unstructured.length} texts`, "one");
    }
    if (this.#structured > 1) report("EPC_REMITTANCE", "RmtInf/Strd", `${this.#structured} structured parts`, "one");
    if (this.#structured > 0 && this.#unstructured.length > 0 && !this.#values.has("reference")) {
      report("REMITTANCE_TWICE", "RmtInf", "text and a structured part", "one of the two");
    }
    if (this.#structuredCharacters > 140) {
      const found = `${this.#structuredCharacters} characters with their tags`;
      report("TEXT_TOO_LONG", "RmtInf/Strd", found, "at most 140, tags counted (EPC132-08)");
    }
  }
}

/** `<Ref></Ref>`: the characters of a start and an end tag. */
function tagCharacters(path: string): number {
  return 2 * (path.length - path.lastIndexOf("/") - 1) + 5;
}

function optional<Name extends string>(name: Name, value: string | undefined): { readonly [Key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: string });
}
