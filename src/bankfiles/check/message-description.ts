/** What a pain.001 consists of: our own description of versions 03 and 09, one row a part, in the order of its elements. */

/**
 * A row lists child elements: `Name:Type`, followed on the name by `?` (0..1), `*` (0..n), `+` (1..n) or `{0,7}`.
 * `choice` in front: exactly one of them. A type is another row, a text of `LEAVES`, or `any`: an element that ISO has
 * and the EPC's subset has not; its inside is not looked at.
 */
const SHARED = {
  Document: "CstmrCdtTrfInitn:Message",
  GroupHeader:
    "MsgId:text35 CreDtTm:dateTime Authstn{0,2}:any NbOfTxs:count CtrlSum?:decimal InitgPty:Party FwdgAgt?:any",
  Party: "Nm?:text140 PstlAdr?:Address Id?:PartyId CtryOfRes?:country CtctDtls?:any",
  PartyId: "choice OrgId:Organisation PrvtId:Person",
  Person: "DtAndPlcOfBirth?:any Othr*:OtherId",
  OtherId: "Id:text35 SchmeNm?:CodeOrOwn Issr?:text35",
  CodeOrOwn: "choice Cd:text35 Prtry:text35",
  Agent: "FinInstnId:Institution BrnchId?:any",
  Clearing: "ClrSysId?:CodeOrOwn MmbId:text35",
  AccountId: "choice IBAN:text34 Othr:any",
  PaymentType: "InstrPrty?:priority SvcLvl*:CodeOrOwn LclInstrm?:CodeOrOwn CtgyPurp?:CodeOrOwn",
  Amount: "choice InstdAmt:amount EqvtAmt:any",
  Remittance: "Ustrd*:text140 Strd*:Structured",
  Reference: "Tp?:ReferenceType Ref?:text35",
  ReferenceType: "CdOrPrtry:CodeOrOwn Issr?:text35",
} as const;

const V03 = {
  ...SHARED,
  Message: "GrpHdr:GroupHeader PmtInf+:Payment",
  Payment:
    "PmtInfId:text35 PmtMtd:method BtchBookg?:boolean NbOfTxs?:count CtrlSum?:decimal PmtTpInf?:PaymentType " +
    "ReqdExctnDt:date PoolgAdjstmntDt?:any Dbtr:Party DbtrAcct:Account DbtrAgt:Agent DbtrAgtAcct?:any UltmtDbtr?:Party " +
    "ChrgBr?:bearer ChrgsAcct?:any ChrgsAcctAgt?:any CdtTrfTxInf+:Transfer",
  Transfer:
    "PmtId:PaymentId PmtTpInf?:PaymentType Amt:Amount XchgRateInf?:any ChrgBr?:bearer ChqInstr?:any UltmtDbtr?:Party " +
    "IntrmyAgt1?:any IntrmyAgt1Acct?:any IntrmyAgt2?:any IntrmyAgt2Acct?:any IntrmyAgt3?:any IntrmyAgt3Acct?:any " +
    "CdtrAgt?:Agent CdtrAgtAcct?:any Cdtr?:Party CdtrAcct?:Account UltmtCdtr?:Party InstrForCdtrAgt*:any " +
    "InstrForDbtrAgt?:any Purp?:CodeOrOwn RgltryRptg{0,10}:any Tax?:any RltdRmtInf{0,10}:any RmtInf?:Remittance",
  PaymentId: "InstrId?:text35 EndToEndId:text35",
  Account: "Id:AccountId Tp?:any Ccy?:currency Nm?:text70",
  Institution: "BIC?:bic ClrSysMmbId?:Clearing Nm?:text140 PstlAdr?:Address Othr?:OtherId",
  Organisation: "BICOrBEI?:bic Othr*:OtherId",
  Address:
    "AdrTp?:any Dept?:text70 SubDept?:text70 StrtNm?:text70 BldgNb?:text16 PstCd?:text16 TwnNm?:text35 " +
    "CtrySubDvsn?:text35 Ctry?:country AdrLine{0,7}:text70",
  Structured: "RfrdDocInf*:any RfrdDocAmt?:any CdtrRefInf?:Reference Invcr?:any Invcee?:any AddtlRmtInf{0,3}:text140",
} as const;

const V09 = {
  ...SHARED,
  Message: "GrpHdr:GroupHeader PmtInf+:Payment SplmtryData*:any",
  Payment:
    "PmtInfId:text35 PmtMtd:method BtchBookg?:boolean NbOfTxs?:count CtrlSum?:decimal PmtTpInf?:PaymentType " +
    "ReqdExctnDt:DateOrTime PoolgAdjstmntDt?:any Dbtr:Party DbtrAcct:Account DbtrAgt:Agent DbtrAgtAcct?:any " +
    "InstrForDbtrAgt?:any UltmtDbtr?:Party ChrgBr?:bearer ChrgsAcct?:any ChrgsAcctAgt?:any CdtTrfTxInf+:Transfer",
  DateOrTime: "choice Dt:date DtTm:dateTime",
  Transfer:
    "PmtId:PaymentId PmtTpInf?:PaymentType Amt:Amount XchgRateInf?:any ChrgBr?:bearer ChqInstr?:any UltmtDbtr?:Party " +
    "IntrmyAgt1?:any IntrmyAgt1Acct?:any IntrmyAgt2?:any IntrmyAgt2Acct?:any IntrmyAgt3?:any IntrmyAgt3Acct?:any " +
    "CdtrAgt?:Agent CdtrAgtAcct?:any Cdtr?:Party CdtrAcct?:Account UltmtCdtr?:Party InstrForCdtrAgt*:any " +
    "InstrForDbtrAgt?:any Purp?:CodeOrOwn RgltryRptg{0,10}:any Tax?:any RltdRmtInf{0,10}:any RmtInf?:Remittance " +
    "SplmtryData*:any",
  PaymentId: "InstrId?:text35 EndToEndId:text35 UETR?:uetr",
  Account: "Id:AccountId Tp?:any Ccy?:currency Nm?:text70 Prxy?:any",
  Institution: "BICFI?:bicfi ClrSysMmbId?:Clearing LEI?:lei Nm?:text140 PstlAdr?:Address Othr?:OtherId",
  Organisation: "AnyBIC?:bicfi LEI?:lei Othr*:OtherId",
  Address:
    "AdrTp?:any Dept?:text70 SubDept?:text70 StrtNm?:text70 BldgNb?:text16 BldgNm?:text35 Flr?:text70 PstBx?:text16 " +
    "Room?:text70 PstCd?:text16 TwnNm?:text35 TwnLctnNm?:text35 DstrctNm?:text35 CtrySubDvsn?:text35 Ctry?:country " +
    "AdrLine{0,7}:text70",
  Structured:
    "RfrdDocInf*:any RfrdDocAmt?:any CdtrRefInf?:Reference Invcr?:any Invcee?:any TaxRmt?:any GrnshmtRmt?:any " +
    "AddtlRmtInf{0,3}:text140",
} as const;

/** Texts: what they look like, and the words for it. */
const LEAVES: Readonly<Record<string, { readonly form: RegExp; readonly expected: string }>> = {
  text16: { form: /^.{1,16}$/su, expected: "1 to 16 characters" },
  text34: { form: /^.{1,34}$/su, expected: "1 to 34 characters" },
  text35: { form: /^.{1,35}$/su, expected: "1 to 35 characters" },
  text70: { form: /^.{1,70}$/su, expected: "1 to 70 characters" },
  text140: { form: /^.{1,140}$/su, expected: "1 to 140 characters" },
  count: { form: /^\d{1,15}$/, expected: "1 to 15 digits" },
  decimal: { form: /^[+-]?(?=[\d.]{1,19}$)(\d+(\.\d*)?|\.\d+)$/, expected: "a decimal number of at most 18 digits" },
  amount: { form: /^\+?(\d{1,18}(\.\d{0,5})?|\.\d{1,5})$/, expected: "an amount of at most 18 digits, 5 decimals" },
  date: { form: /^\d{4}-\d{2}-\d{2}(Z|[+-]\d{2}:\d{2})?$/, expected: "a date YYYY-MM-DD" },
  dateTime: {
    form: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/,
    expected: "a date and time YYYY-MM-DDThh:mm:ss",
  },
  country: { form: /^[A-Z]{2}$/, expected: "a country of two capital letters" },
  currency: { form: /^[A-Z]{3}$/, expected: "a currency of three capital letters" },
  boolean: { form: /^(true|false|1|0)$/, expected: "true or false" },
  method: { form: /^(TRF|CHK|TRA)$/, expected: "TRF, CHK or TRA" },
  priority: { form: /^(HIGH|NORM)$/, expected: "HIGH or NORM" },
  bearer: { form: /^(SLEV|SHAR|CRED|DEBT)$/, expected: "SLEV, SHAR, CRED or DEBT" },
  bic: { form: /^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$/, expected: "a BIC of 8 or 11 characters" },
  bicfi: { form: /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/, expected: "a BIC of 8 or 11 characters" },
  lei: { form: /^[A-Z0-9]{18}\d{2}$/, expected: "a legal entity identifier of 20 characters" },
  uetr: {
    form: /^[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}$/,
    expected: "a UUID of version 4 in small letters",
  },
};

/** An element: what it holds, or which text. Neither: it is not looked into. */
export interface Described {
  readonly children?: readonly Child[];
  /** Exactly one of the children, instead of all in order. */
  readonly choice: boolean;
  readonly text?: { readonly form: RegExp; readonly expected: string };
}

export interface Child {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly element: Described;
}

const CHILD = /^(\w+)([?*+]|\{(\d+),(\d+)\})?:(\w+)$/;

function build(rows: Readonly<Record<string, string>>): Described {
  const built = new Map<string, Described>();
  const elementOf = (type: string): Described => {
    const known = built.get(type);
    if (known !== undefined) return known;
    const element = describe(type);
    built.set(type, element);
    return element;
  };
  const describe = (type: string): Described => {
    const row = rows[type];
    const text = LEAVES[type];
    if (row === undefined) return text === undefined ? { choice: false } : { choice: false, text };
    const words = row.split(" ");
    const choice = words[0] === "choice";
    return { choice, children: words.slice(choice ? 1 : 0).map((word) => childOf(word, elementOf)) };
  };
  return elementOf("Document");
}

function childOf(word: string, elementOf: (type: string) => Described): Child {
  const [, name = "", occurs = "", from, to, type = ""] = CHILD.exec(word) ?? [];
  const minimum = from === undefined ? (occurs === "?" || occurs === "*" ? 0 : 1) : Number(from);
  const many = occurs === "*" || occurs === "+";
  const maximum = to === undefined ? (many ? Number.POSITIVE_INFINITY : 1) : Number(to);
  return { name, minimum, maximum, element: elementOf(type) };
}

/** The root element of each message version that is described. */
export const DESCRIPTIONS: Readonly<Record<string, Described>> = {
  "pain.001.001.03": build(V03),
  "pain.001.001.09": build(V09),
};
