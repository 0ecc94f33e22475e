/** The form of a bank profile's message half: everything that may differ from bank to bank in what we write. */
import { z } from "zod";
import { isIsoDate } from "../../domain/calendar.ts";
import { decimalsOf, isCurrency } from "../../domain/currency.ts";
import { EXCHANGE } from "./exchange-schema.ts";

const CURRENCY = z
  .string()
  .refine(
    (code) => isCurrency(code) && decimalsOf(code) === 2,
    "a currency of ISO 4217 with two decimals, such as EUR",
  );
const COUNTRY = z.string().regex(/^[A-Z]{2}$/, "two capital letters of ISO 3166, such as CH");
const CODE = z.string().regex(/^[A-Z0-9]{1,4}$/, "an ISO 20022 code of up to four capital letters or digits");
const TIME = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, "a time HH:MM between 00:00 and 24:00");
const AMOUNT = z.string().regex(/^\d{1,13}\.\d{2}$/, "an amount with two decimals, such as 999999999.99");
const COUNT = z.int().min(1);
const ID = z.string().regex(/^[A-Za-z0-9+?/\-:().,' ]{1,35}$/, "1 to 35 of A-Z a-z 0-9 + ? / - : ( ) . , ' and space");
const ZONE = z.string().refine(isZone, "a time zone such as Europe/Paris");

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** One kind of transfer that the bank takes. A transfer is of the first kind in the list that fits it. */
const SERVICE = z.strictObject({
  /** Our name for it; part of the grouping and of file names. */
  name: z.string().regex(/^[a-z0-9-]{1,20}$/, "a short name of a-z 0-9 -"),
  /** Takes the transfers marked `instant: true`; a transfer without a mark goes to the first kind that fits. */
  instant: z.boolean().default(false),
  currencies: z.array(CURRENCY).min(1),
  /** Countries of the payee's IBAN: `SEPA` (EPC409-09), or a list. */
  creditorCountries: z.union([z.literal("SEPA"), z.array(COUNTRY).min(1)]).default("SEPA"),
  /** EPC115-06: 0.01 to 999 999 999.99. An instant transfer has no cap of the scheme since October 2025. */
  amount: z.strictObject({ minimum: AMOUNT, maximum: AMOUNT }).default({ minimum: "0.01", maximum: "999999999.99" }),
  /** `PmtTpInf/SvcLvl/Cd`; null leaves it out. */
  serviceLevel: CODE.nullable(),
  /** `PmtTpInf/LclInstrm/Cd`; `INST` for SCT Inst. */
  localInstrument: z
    .string()
    .regex(/^[A-Z0-9]{1,35}$/)
    .nullable()
    .default(null),
  /** `PmtTpInf/CtgyPurp/Cd`: an instruction to the bank, from another list than a transfer's purpose. */
  categoryPurpose: CODE.nullable().default(null),
  chargeBearer: z.enum(["SLEV", "SHAR", "CRED", "DEBT"]).nullable(),
  /** Structured references it carries: ISO 11649 (`SCOR`), Swiss QR reference (`QRR`). */
  references: z.array(z.enum(["SCOR", "QRR"])).default(["SCOR"]),
  /** Executed on every day, at any hour: SCT Inst. Then neither calendar nor cutoff move the date. */
  everyDay: z.boolean().default(false),
});

const INITIATING_PARTY = z.strictObject({
  /** Absent: the name the caller gives. */
  name: z.string().min(1).max(70).exactOptional(),
  bic: z.string().exactOptional(),
  lei: z
    .string()
    .regex(/^[A-Z0-9]{18}\d{2}$/, "a legal entity identifier of 20 characters")
    .exactOptional(),
  /** A contract or customer number: `OrgId/Othr`. */
  id: ID.exactOptional(),
  /** `SchmeNm/Cd` of the id, such as BANK or CUST. */
  scheme: CODE.exactOptional(),
  issuer: ID.exactOptional(),
});

export const PROFILE = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "a name of a-z 0-9 -, the name of the file without .json"),
  description: z.string().default(""),
  message: z.enum(["pain.001.001.03", "pain.001.001.09"]),
  /** `epc`: the letters of EPC217-08. `german`: the same with ae oe ue ss. `extended`: Latin letters as they are. */
  charset: z.enum(["epc", "german", "extended"]).default("epc"),
  services: z.array(SERVICE).min(1),
  /** May one file carry several kinds of transfers, each in a PmtInf of its own? Some banks want a file for each. */
  servicesPerFile: z.enum(["one", "many"]).default("many"),
  /** `one`: a file has one PmtInf only; what does not fit goes to a further file. */
  paymentInformation: z.enum(["one", "many"]).default("many"),
  address: z
    .strictObject({
      /** `none` never sends one. `lines` (country and two lines) ended in November 2026 except for agreed .03 files. */
      form: z.enum(["none", "structured", "hybrid", "lines"]).default("none"),
      /** Countries of the payee's IBAN for which the bank insists on an address (outside the EEA, (EU) 2023/1113). */
      requiredFor: z.array(COUNTRY).default([]),
    })
    .prefault({}),
  agents: z
    .strictObject({
      /** Debtor's bank without a BIC: `Othr/Id` NOTPROVIDED, a finding, or the Swiss clearing number in the IBAN. */
      debtor: z.enum(["NOTPROVIDED", "required", "clearing"]).default("NOTPROVIDED"),
      /** Creditor's bank: BIC when there is one; `omit` never, `required` always, `NOTPROVIDED` when there is none. */
      creditor: z.enum(["optional", "omit", "required", "NOTPROVIDED"]).default("optional"),
    })
    .prefault({}),
  /** `BtchBookg`; null leaves it out, which means as agreed with the bank. */
  batchBooking: z.boolean().nullable().default(null),
  initiatingParty: INITIATING_PARTY.prefault({}),
  limits: z
    .strictObject({
      transfersPerFile: COUNT.default(100_000),
      transfersPerPayment: COUNT.default(100_000),
      paymentsPerFile: COUNT.default(999),
      bytesPerFile: COUNT.default(100_000_000),
      /** How far ahead an execution date may lie. */
      daysAhead: z.int().min(0).default(365),
    })
    .prefault({}),
  execution: z
    .strictObject({
      calendar: z.enum(["TARGET", "ALL_DAYS"]).default("TARGET"),
      /** Further days on which this bank does not execute. */
      closedDays: z.array(z.string().refine(isIsoDate, "a date YYYY-MM-DD")).default([]),
      zone: ZONE.default("Europe/Paris"),
      /** From this minute on, today is too late. */
      cutoff: TIME.default("14:00"),
      /** A date that is past, too late or no banking day: move it to the next possible one, or refuse it. */
      pastDate: z.enum(["move", "refuse"]).default("move"),
      /** Banking days the bank needs between receipt and execution. */
      leadDays: z.int().min(0).max(30).default(0),
    })
    .prefault({}),
  exchange: EXCHANGE.prefault({}),
  /** Charges in minor units that are booked without asking although the bank does not state them; none unless agreed. */
  charges: z
    .strictObject({
      /** What a return may be less than its transfer. */
      return: z.int().min(0).default(0),
      /** What an acquirer's pay-in may be less than announced. */
      payIn: z.int().min(0).default(0),
      /** A debit that the bank codes as a charge. */
      bank: z.int().min(0).default(0),
    })
    .prefault({}),
});
