/** Which message a file holds, by its message element and its namespace. */

export type MessageKind = "pain.001" | "pain.002" | "camt.052" | "camt.053" | "camt.054";

/** The message element of each kind; version .01 of camt has it with `V01` after it. */
const ELEMENTS: Readonly<Record<string, MessageKind>> = {
  CstmrCdtTrfInitn: "pain.001",
  CstmrPmtStsRpt: "pain.002",
  BkToCstmrAcctRpt: "camt.052",
  BkToCstmrAcctRptV01: "camt.052",
  BkToCstmrStmt: "camt.053",
  BkToCstmrStmtV01: "camt.053",
  BkToCstmrDbtCdtNtfctn: "camt.054",
  BkToCstmrDbtCdtNtfctnV01: "camt.054",
};

/** The newest version of each kind whose differences the tables know. */
const NEWEST: Readonly<Record<MessageKind, number>> = {
  "pain.001": 13,
  "pain.002": 14,
  "camt.052": 13,
  "camt.053": 13,
  "camt.054": 13,
};

/** `camt.053.001.08`, also within Swiss (`pain.001.001.03.ch.02`) and German (`pain.001.003.03`) namespaces. */
const VERSION = /(pain\.00[12]|camt\.05[234])\.(\d{3})\.(\d{2})(?:\.[a-z]{2}\.\d{2})?/;

/** The part of a namespace that names message and version; undefined when it names none of ours. */
export function versionIn(namespace: string): string | undefined {
  return VERSION.exec(namespace)?.[0];
}

/** What stands before a version in the namespaces that ISO, German and Swiss banks and their tools use. */
const KNOWN_PREFIXES = [
  "urn:iso:std:iso:20022:tech:xsd:",
  "urn:sepade:xsd:",
  "urn:swift:xsd:$",
  "urn:swift:xsd:",
  "http://www.six-interbank-clearing.com/de/",
  "https://www.six-interbank-clearing.com/de/",
];

/** Whether a namespace is a known prefix and a version, and nothing else but perhaps `.xsd`. */
export function isKnownNamespace(namespace: string): boolean {
  const bare = namespace.endsWith(".xsd") ? namespace.slice(0, -".xsd".length) : namespace;
  return KNOWN_PREFIXES.some((prefix) => bare === prefix + versionIn(bare));
}

/** The kind of a message element; elements named after the message itself (`pain.001.001.09`) occur. */
export function kindOfElement(name: string): MessageKind | undefined {
  return Object.hasOwn(ELEMENTS, name) ? ELEMENTS[name] : kindOfVersion(name);
}

export function kindOfVersion(version: string): MessageKind | undefined {
  const match = VERSION.exec(version);
  return match?.index === 0 ? (match[1] as MessageKind) : undefined;
}

/** Whether the tables were made with this version in mind. */
export function isKnownVersion(version: string, kind: MessageKind): boolean {
  const match = VERSION.exec(version);
  const number = Number(match?.[3] ?? "0");
  return match?.[1] === kind && number >= 1 && number <= NEWEST[kind];
}
