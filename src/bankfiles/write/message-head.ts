/** The parts of a pain.001 that stand once: the document with its group header, and the head of each payment. */
import { create } from "xmlbuilder2";
import type { BankProfile, BankService } from "../profile/profile.ts";
import { convertText } from "./charset.ts";
import type { Pain001Debtor } from "./transfer.ts";
import { amountText, bicTag, escapeText } from "./transfer-template.ts";
import { zonedDateTime } from "./zoned-date-time.ts";

type Element = Readonly<Record<string, unknown>>;

/** Text before and after the place where the next part goes. */
export interface Frame {
  readonly before: string;
  readonly after: string;
}

export interface MessageHead {
  readonly messageId: string;
  readonly createdAt: Date;
  readonly initiatingParty: { readonly name: string };
  readonly count: number;
  readonly sumMinor: bigint;
}

export interface PaymentHead {
  readonly paymentInformationId: string;
  readonly executionDate: string;
  readonly debtor: Pain001Debtor;
  readonly service: BankService;
  readonly count: number;
  readonly sumMinor: bigint;
}

/** The whole document around its payments. Double quotes in the declaration: a bank refuses single ones (OCA #170). */
export function messageFrame(head: MessageHead, profile: BankProfile): Frame {
  const document = create(
    { version: "1.0", encoding: "UTF-8" },
    {
      Document: {
        "@xmlns": `urn:iso:std:iso:20022:tech:xsd:${profile.message}`,
        CstmrCdtTrfInitn: {
          GrpHdr: {
            MsgId: head.messageId,
            CreDtTm: zonedDateTime(head.createdAt, profile.execution.zone),
            NbOfTxs: String(head.count),
            CtrlSum: amountText(head.sumMinor),
            InitgPty: initiatingParty(profile),
          },
          PmtInf: {},
        },
      },
    },
  );
  const party = profile.initiatingParty.name ?? head.initiatingParty.name;
  return cut(`${document.end({ prettyPrint: true })}\n`, "    <PmtInf/>\n", convertText(party, profile.charset));
}

/** One PmtInf around its transfers. */
export function paymentFrame(head: PaymentHead, profile: BankProfile): Frame {
  const { service } = head;
  const element: Element = {
    PmtInfId: head.paymentInformationId,
    PmtMtd: "TRF",
    ...(profile.batchBooking === null ? {} : { BtchBookg: String(profile.batchBooking) }),
    NbOfTxs: String(head.count),
    CtrlSum: amountText(head.sumMinor),
    ...paymentType(service),
    ReqdExctnDt: profile.message === "pain.001.001.03" ? head.executionDate : { Dt: head.executionDate },
    Dbtr: { Nm: NAME },
    DbtrAcct: { Id: { IBAN: head.debtor.iban } },
    DbtrAgt: { FinInstnId: debtorAgent(head.debtor, profile) },
    ...(service.chargeBearer === null ? {} : { ChrgBr: service.chargeBearer }),
    CdtTrfTxInf: {},
  };
  const xml = create({ PmtInf: element }).end({ headless: true, prettyPrint: true, offset: 2 });
  return cut(`${xml.trimEnd()}\n`, "      <CdtTrfTxInf/>\n", convertText(head.debtor.name, profile.charset));
}

/** Stands for the one free text of a head: xmlbuilder2 would take a name like `A &amp; B` for escaped text. */
const NAME = "\u00a7name\u00a7";

function cut(xml: string, place: string, name: string): Frame {
  const at = xml.indexOf(place);
  const before = xml
    .slice(0, at)
    .replace(/^\n/, "")
    .replace(NAME, () => escapeText(name));
  return { before, after: xml.slice(at + place.length) };
}

function paymentType({ serviceLevel, localInstrument, categoryPurpose }: BankService): Element {
  const type = {
    ...(serviceLevel === null ? {} : { SvcLvl: { Cd: serviceLevel } }),
    ...(localInstrument === null ? {} : { LclInstrm: { Cd: localInstrument } }),
    ...(categoryPurpose === null ? {} : { CtgyPurp: { Cd: categoryPurpose } }),
  };
  return Object.keys(type).length === 0 ? {} : { PmtTpInf: type };
}

function debtorAgent(debtor: Pain001Debtor, profile: BankProfile): Element {
  if (debtor.bic !== undefined) return { [bicTag(profile)]: debtor.bic };
  if (profile.agents.debtor !== "clearing") return { Othr: { Id: "NOTPROVIDED" } };
  // The five digits after the check digits of a Swiss IBAN are the bank's clearing number (IID).
  return { ClrSysMmbId: { ClrSysId: { Cd: "CHBCC" }, MmbId: debtor.iban.slice(4, 9) } };
}

function initiatingParty(profile: BankProfile): Element {
  const party = profile.initiatingParty;
  const organisation = {
    ...(party.bic === undefined ? {} : { [profile.message === "pain.001.001.03" ? "BICOrBEI" : "AnyBIC"]: party.bic }),
    ...(party.lei === undefined || profile.message === "pain.001.001.03" ? {} : { LEI: party.lei }),
    ...(party.id === undefined
      ? {}
      : {
          Othr: {
            Id: party.id,
            ...(party.scheme === undefined ? {} : { SchmeNm: { Cd: party.scheme } }),
            ...(party.issuer === undefined ? {} : { Issr: party.issuer }),
          },
        }),
  };
  return {
    Nm: NAME,
    ...(Object.keys(organisation).length === 0 ? {} : { Id: { OrgId: organisation } }),
  };
}
