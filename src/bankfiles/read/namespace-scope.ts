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
  /** The namespace of names without a prefix; "" is none. */
  defaultNamespace = "";

  constructor(xmlPrefix: number) {
    this.#xmlPrefix = xmlPrefix;
  }

  /** The depth of the innermost element that declares anything, -1 when none does. */
  deepest = -1;

  declare(depth: number, prefix: number, uri: string): void {
    this.#declarations.push({ depth, prefix, uri });
    this.deepest = depth;
    if (prefix === -1) this.defaultNamespace = uri;
  }

  /** Forgets what elements at `depth` and deeper declared. */
  leave(depth: number): void {
    if (depth > this.deepest) return;
    while ((this.#declarations.at(-1)?.depth ?? -1) >= depth) this.#declarations.pop();
    this.deepest = this.#declarations.at(-1)?.depth ?? -1;
    this.defaultNamespace = this.resolve(-1) ?? "";
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
