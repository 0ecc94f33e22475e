/** Which namespace each prefix means at the place the scanner stands at (Namespaces in XML 1.0). */

interface Declaration {
  readonly depth: number;
  /** The id of the prefix in the name table, -1 for the default namespace. */
  readonly prefix: number;
  readonly uri: string;
}

export const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";

export class NamespaceScope {
  readonly #declarations: Declaration[] = [];
  readonly #xmlPrefix: number;

  constructor(xmlPrefix: number) {
    this.#xmlPrefix = xmlPrefix;
  }

  declare(depth: number, prefix: number, uri: string): void {
    this.#declarations.push({ depth, prefix, uri });
  }

  /** Forgets what elements at `depth` and deeper declared. */
  leave(depth: number): void {
    while ((this.#declarations.at(-1)?.depth ?? -1) >= depth) this.#declarations.pop();
  }

  /** How many declarations hold: 0 or 1 lets the scanner skip the look-up for names without a prefix. */
  get count(): number {
    return this.#declarations.length;
  }

  /** The namespace of a prefix; "" is no namespace, undefined is a prefix that nobody declared. */
  resolve(prefix: number): string | undefined {
    for (let i = this.#declarations.length - 1; i >= 0; i--) {
      const declaration = this.#declarations[i];
      if (declaration?.prefix === prefix) return declaration.uri;
    }
    if (prefix === -1) return "";
    return prefix === this.#xmlPrefix ? XML_NAMESPACE : undefined;
  }
}
