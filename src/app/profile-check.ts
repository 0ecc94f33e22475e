/** `remit profile check`: a profile read, sample files rendered by it, and those checked like any file for the bank. */
import {
  checkMessage,
  inspectTransfers,
  type Pain001Transfer,
  splitByLimits,
  writePain001,
} from "../bankfiles/index.ts";
import type { BankProfile, BankService } from "../bankfiles/profile/profile.ts";
import { earliestDate } from "../bankfiles/write/execution-date.ts";
import type { Finding } from "../domain/finding.ts";
import { checkBankFile } from "./bank-file-check.ts";
import { readProfile, readProfileFile } from "./bank-profiles.ts";

export interface ProfileCheckRequest {
  /** A profile's name, or the path of a JSON file (it has a `/` or ends with `.json`). */
  readonly profile: string;
  readonly now: Date;
  readonly profilesFolder?: string;
  readonly xsd?: string;
}

export interface SampleFile {
  readonly name: string;
  readonly xml: string;
  readonly findings: readonly Finding[];
}

export interface ProfileCheck {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly samples: readonly SampleFile[];
}

/** Valid accounts that nobody has, and names with what banks differ in. Three X at the end of a BIC are its head office (ISO 9362). */
const DEBTORS: Readonly<Record<string, { readonly name: string; readonly iban: string; readonly bic: string }>> = {
  CHF: { name: "Muster Marktplatz AG", iban: "CH5604835012345678009", bic: "POFICHBEXXX" },
  EUR: { name: "Sample Marketplace SE", iban: "DE89370400440532013000", bic: "COBADEFFXXX" },
};
/** As above, three X are the head office. */
const CREDITORS = {
  CHF: { name: "Zoë Müller & Söhne", iban: "CH9300762011623852957", bic: "UBSWCHZHXXX", country: "CH", town: "Zürich" },
  EUR: {
    name: "Łukasz Größe & fils",
    iban: "FR7630006000011234567890189",
    bic: "AGRIFRPPXXX",
    country: "FR",
    town: "Besançon",
  },
} as const;

/** Findings of the profile itself, else of the samples; each service of the profile has a sample of its own. */
export async function checkProfile(request: ProfileCheckRequest): Promise<ProfileCheck> {
  const read = /[/\\]|\.json$/.test(request.profile)
    ? readProfileFile(request.profile)
    : readProfile(request.profile, ...(request.profilesFolder === undefined ? [] : [request.profilesFolder]));
  if (!read.ok) return { ok: false, findings: read.findings, samples: [] };
  const samples: SampleFile[] = [];
  for (const service of read.profile.services) samples.push(await sampleOf(service, read.profile, request));
  const findings = samples.flatMap((sample) =>
    sample.findings.map((finding) => ({ ...finding, where: `sample ${sample.name}, ${finding.where}` })),
  );
  return { ok: findings.length === 0, findings, samples };
}

async function sampleOf(service: BankService, profile: BankProfile, request: ProfileCheckRequest): Promise<SampleFile> {
  const { now, xsd } = request;
  const transfers = transfersOf(service, profile);
  const currency = transfers[0]?.currency === "CHF" ? "CHF" : "EUR";
  const debtor = DEBTORS[profile.agents.debtor === "clearing" ? "CHF" : currency] ?? { name: "", iban: "", bic: "" };
  const executionDate = earliestDate(now, profile, service);
  const { findings } = inspectTransfers(transfers, profile);
  if (findings.length > 0) return { name: service.name, xml: "", findings };
  const [file] = splitByLimits([{ debtor, executionDate, transfers }], profile);
  const message = {
    messageId: `SAMPLE-${service.name}`,
    createdAt: now,
    initiatingParty: { name: debtor.name },
    payments: file?.payments ?? [],
  };
  const faults = checkMessage(message, profile);
  if (faults.length > 0) return { name: service.name, xml: "", findings: faults };
  const xml = [...writePain001(message, profile)].join("");
  const checked = await checkBankFile(Buffer.from(xml), { profile, now, ...(xsd === undefined ? {} : { xsd }) });
  return { name: service.name, xml, findings: checked.findings };
}

/** One transfer with all that the service takes, and the plainest one. */
function transfersOf(service: BankService, profile: BankProfile): readonly Pain001Transfer[] {
  const currency = service.currencies.includes("EUR") ? "EUR" : (service.currencies[0] ?? "EUR");
  const { country, town, ...creditor } = CREDITORS[currency === "CHF" ? "CHF" : "EUR"];
  const address = { country, town, postCode: "1000", street: "Rue de l'Église", buildingNumber: "1" };
  const full: Pain001Transfer = {
    endToEndId: `SAMPLE-${service.name}-1`,
    instructionId: `SAMPLE-${service.name}-1`,
    amountMinor: 123_456n,
    currency,
    creditor: { ...creditor, address },
    remittance: "Abrechnung № 1 – März/April",
    purpose: "SUPP",
    instant: service.instant,
  };
  const { name, iban, bic } = creditor;
  const plainCreditor = profile.agents.creditor === "required" ? { name, iban, bic } : { name, iban };
  const needsAddress = profile.address.requiredFor.includes(iban.slice(0, 2));
  const plain: Pain001Transfer = {
    endToEndId: `SAMPLE-${service.name}-2`,
    amountMinor: 100n,
    currency,
    creditor: needsAddress ? { ...plainCreditor, address } : plainCreditor,
    instant: service.instant,
    ...(service.references.includes("SCOR") ? { structuredReference: "RF18539007547034" } : {}),
  };
  return [full, plain];
}
