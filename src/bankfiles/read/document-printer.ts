/** Makes the JSON of a bank file while the file is read; the pieces are taken out as they come. */
import type { CreditTransfer, Entry, TransactionStatus } from "./document.ts";
import type { BankFileHandlers } from "./handlers.ts";
import type { ReadResult } from "./read-bank-file.ts";

/** The lists that are printed item by item: the list of groups, and the list of items in each. */
const LISTS = {
  "pain.001": { groups: "payments", items: "transfers" },
  "pain.002": { groups: "payments", items: "transactions" },
  "camt.052": { groups: "statements", items: "entries" },
  "camt.053": { groups: "statements", items: "entries" },
  "camt.054": { groups: "statements", items: "entries" },
} as const;

export class DocumentPrinter {
  readonly handlers: BankFileHandlers;
  #text = "";
  #lists: { readonly groups: string; readonly items: string } = LISTS["camt.053"];
  #groups = 0;
  #open = false;
  /** Keys of the open group that are printed already. */
  #printed = new Set<string>();

  constructor() {
    const item = (one: Entry | TransactionStatus | CreditTransfer, group: object) => this.#item(one, group);
    const group = (one: object) => this.#endGroup(one);
    this.handlers = {
      message: ({ kind, version }) => {
        this.#lists = LISTS[kind];
        this.#text += `{"kind":${JSON.stringify(kind)},"version":${JSON.stringify(version)},"${this.#lists.groups}":[`;
      },
      entry: item,
      statement: group,
      transaction: item,
      paymentStatus: group,
      transfer: item,
      payment: group,
    };
  }

  /** What has been printed since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** Closes the document. A result that is no document is one only because the file changed since it was checked. */
  end(result: ReadResult): void {
    if (!result.ok) {
      const close = `${this.#open ? "]}" : ""}`;
      this.#text += `${close}],"ok":false,"findings":${JSON.stringify(result.findings)}}`;
      return;
    }
    const { kind, version, ...rest } = result.document;
    const fields = Object.entries(rest).filter(([key]) => key !== LISTS[kind].groups);
    this.#text += `]${fields.map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`).join("")}}`;
  }

  #item(item: object, group: object): void {
    if (this.#open) this.#text += ",";
    else this.#beginGroup(group);
    this.#text += JSON.stringify(item);
  }

  /** Prints what is known of a group before its items; lists may still grow, so they come after. */
  #beginGroup(group: object): void {
    this.#text += `${this.#groups++ === 0 ? "" : ","}{`;
    this.#open = true;
    this.#printed = new Set([this.#lists.items]);
    for (const [key, value] of Object.entries(group)) {
      if (typeof value === "object") continue;
      this.#printed.add(key);
      this.#text += `${JSON.stringify(key)}:${JSON.stringify(value)},`;
    }
    this.#text += `"${this.#lists.items}":[`;
  }

  #endGroup(group: object): void {
    if (!this.#open) this.#beginGroup(group);
    this.#text += "]";
    for (const [key, value] of Object.entries(group)) {
      if (!this.#printed.has(key)) this.#text += `,${JSON.stringify(key)}:${JSON.stringify(value)}`;
    }
    this.#text += "}";
    this.#open = false;
  }
}
