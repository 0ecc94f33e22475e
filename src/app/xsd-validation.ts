/** Validation against XSD files that a user was given by his bank or took from ISO; the product ships none. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { maskIban } from "../domain/account-number.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";

const TARGET = /<(?:\w+:)?schema\b[^>]*\btargetNamespace\s*=\s*["']([^"']+)["']/;
const ROOT_NAMESPACE = /<(?:([\w.-]+):)?[A-Za-z_][\w.-]*(?:\s[^>]*)?>/;

/**
 * Findings of every schema in the folder that has the document's namespace: ISO's and a bank's restriction of it may
 * lie side by side, and a file has to be valid by both. The bytes must have passed the guards of the checker or reader:
 * this parser expands entities. Throws INPUT_INVALID when the folder or a schema cannot be read.
 */
export async function validateXsd(bytes: Uint8Array, folder: string): Promise<readonly Finding[]> {
  const namespace = namespaceOf(bytes);
  const schemas = schemasFor(namespace, folder);
  if (schemas.length === 0) {
    const expected = `a schema for ${namespace || "no namespace"} in the folder`;
    return [{ code: "XSD_MISSING", where: folder, found: "none that fits", expected }];
  }
  // Loaded here only: the parser is a WebAssembly module, which most commands never need.
  const { XmlDocument, XmlValidateError, XsdValidator } = await import("libxml2-wasm");
  const findings: Finding[] = [];
  const document = XmlDocument.fromBuffer(bytes);
  try {
    for (const { name, text } of schemas) {
      const schema = XmlDocument.fromString(text);
      const validator = XsdValidator.fromDoc(schema);
      try {
        validator.validate(document);
      } catch (error) {
        if (!(error instanceof XmlValidateError)) throw error;
        findings.push(...error.details.map(({ line, message }) => xsdFinding(name, line, message)));
      } finally {
        validator.dispose();
        schema.dispose();
      }
    }
  } finally {
    document.dispose();
  }
  return findings;
}

function xsdFinding(schema: string, line: number, message: string): Finding {
  const found = message
    .trim()
    .replace(/\{(?:urn|https?):[^}]*\}/g, "")
    .replace(/\b[A-Z]{2}\d{2}[A-Za-z0-9]{8,30}\b/g, maskIban);
  return { code: "XSD", where: `line ${line}`, found, expected: `what ${schema} describes` };
}

interface Schema {
  readonly name: string;
  readonly text: string;
}

function schemasFor(namespace: string, folder: string): readonly Schema[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".xsd"))
      .sort()
      .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }))
      .filter(({ text }) => TARGET.exec(text)?.[1] === namespace);
  } catch (cause) {
    throw new RemitError("INPUT_INVALID", { where: folder, found: "no readable folder", expected: "XSD files", cause });
  }
}

/** The namespace of the root element, by its own declaration. */
function namespaceOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 8_192)).toString("latin1").replaceAll("\0", "");
  const [tag = "", prefix] = ROOT_NAMESPACE.exec(head.replace(/<\?.*?\?>|<!--.*?-->/gs, "")) ?? [];
  const name = prefix === undefined ? "xmlns" : `xmlns:${prefix}`;
  return new RegExp(`\\s${name.replace(".", "\\.")}\\s*=\\s*["']([^"']*)["']`).exec(tag)?.[1] ?? "";
}
