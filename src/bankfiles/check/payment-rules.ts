/** What the description of a message cannot say: sums, ids used twice, dates, texts, and the rules of transfers. */
import { ibanProblem, maskIban } from "../../domain/account-number.ts";
import { isIsoDate } from "../../domain/calendar.ts";
import { parseMinor } from "../../domain/money.ts";
import type { BankProfile } from "../profile/profile.ts";
import { isPermitted } from "../write/charset.ts";
import { planExecutionDate } from "../write/execution-date.ts";
import { idProblem } from "../write/identifier.ts";
import { bicFault, type Report, type TransferRules, transferRules } from "../write/transfer-rules.ts";
import { amountText } from "../write/transfer-template.ts";
import type { CheckOptions } from "./check-bank-file.ts";
import { epcProfile } from "./epc-profile.ts";
import type { Place } from "./structure.ts";
import { TransferInFile } from "./transfer-in-file.ts";

type Tell = (code: string, place: Place, found: string, expected: string) => void;

const MESSAGE = "CstmrCdtTrfInitn";
const PAYMENT = `${MESSAGE}/PmtInf`;
const TRANSFER = `${PAYMENT}/CdtTrfTxInf`;

/** Free texts, whose characters are the bank's choice. */
const FREE_TEXT =
  /\/(Nm|Ustrd|StrtNm|BldgNb|BldgNm|PstCd|TwnNm|AdrLine|Dept|SubDept|Flr|Room|PstBx|TwnLctnNm|DstrctNm)$/;

interface Payment {
  id: string;
  count: number;
  sumMinor: bigint;
  announcedCount?: string;
  announcedSum?: string;
  date?: string;
  debtorIban?: string;
  debtorBic?: string;
  localInstrument?: string;
  hasPaymentType: boolean;
}

export class PaymentRules {
  count = 0;
  sumMinor = 0n;
  messageId: string | undefined;

  readonly #profile: BankProfile;
  readonly #options: CheckOptions;
  readonly #tell: { readonly fault: Tell; readonly notice: Tell };
  readonly #rules: TransferRules;
  readonly #endToEndIds = new Map<string, number>();
  readonly #paymentIds = new Set<string>();
  #announcedCount: string | undefined;
  #announcedSum: string | undefined;
  #payment: Payment = emptyPayment();
  #payments = 0;
  #transfer = new TransferInFile();

  constructor(version: string, options: CheckOptions, tell: { readonly fault: Tell; readonly notice: Tell }) {
    this.#options = options;
    this.#tell = tell;
    this.#profile = options.profile ?? epcProfile(version);
    this.#rules = transferRules(this.#profile);
  }

  /** The EndToEndId of the transfer being read, once it is known. */
  get endToEndId(): string | undefined {
    return this.#transfer.endToEndId;
  }

  currency(code: string | undefined): void {
    this.#transfer.currency = code ?? "";
  }

  outside(place: Place): void {
    this.#tell.notice(
      "ELEMENT_OUTSIDE_EPC",
      place,
      place.path.split("/").at(-1) ?? "",
      "an element of the EPC's subset",
    );
  }

  text(path: string, text: string, place: Place): void {
    if (FREE_TEXT.test(path)) this.#checkCharacters(text, place);
    if (path.startsWith(`${TRANSFER}/`)) this.#transfer.note(path.slice(TRANSFER.length + 1), text);
    else if (path.startsWith(`${PAYMENT}/`)) this.#notePayment(path.slice(PAYMENT.length + 1), text, place);
    else this.#noteMessage(path.slice(MESSAGE.length + 1), text, place);
  }

  left(path: string, place: Place): void {
    if (path === TRANSFER) this.#endTransfer(place);
    else if (path === PAYMENT) this.#endPayment(place);
    else if (path === MESSAGE) this.#endMessage(place);
    else if (path === `${PAYMENT}/PmtTpInf`) this.#payment.hasPaymentType = true;
    else if (path.startsWith(`${TRANSFER}/`)) this.#transfer.leave(path.slice(TRANSFER.length + 1));
  }

  #noteMessage(path: string, text: string, place: Place): void {
    if (path === "GrpHdr/MsgId") {
      this.messageId = text;
      this.#checkId(text, place);
    } else if (path === "GrpHdr/NbOfTxs") this.#announcedCount = text;
    else if (path === "GrpHdr/CtrlSum") this.#announcedSum = text;
    else if (path === "GrpHdr/InitgPty/Nm") this.#checkLength(text, place);
  }

  #notePayment(path: string, text: string, place: Place): void {
    const payment = this.#payment;
    if (path === "PmtInfId") {
      payment.id = text;
      this.#checkId(text, place);
      if (this.#paymentIds.has(text.toUpperCase())) {
        this.#tell.fault("ID_DUPLICATE", place, text, "a PmtInfId of its own");
      }
      this.#paymentIds.add(text.toUpperCase());
    } else if (path === "PmtMtd" && text !== "TRF") this.#tell.fault("EPC_METHOD", place, text, "TRF: a transfer");
    else if (path === "NbOfTxs") payment.announcedCount = text;
    else if (path === "CtrlSum") payment.announcedSum = text;
    else if (path === "PmtTpInf/LclInstrm/Cd") payment.localInstrument = text;
    else if (path.startsWith("ReqdExctnDt")) payment.date = text.slice(0, 10);
    else if (path === "Dbtr/Nm") this.#checkLength(text, place);
    else if (path === "DbtrAcct/Id/IBAN") this.#debtorIban(text, place);
    else if (/^DbtrAgt\/FinInstnId\/BIC(FI)?$/.test(path)) this.#debtorBic(text, place);
  }

  #debtorIban(text: string, place: Place): void {
    this.#payment.debtorIban = text;
    const fault = ibanProblem(text);
    if (fault !== undefined) this.#tell.fault("IBAN_INVALID", place, maskIban(text), fault);
  }

  #debtorBic(text: string, place: Place): void {
    this.#payment.debtorBic = text;
    const fault = bicFault(text, this.#payment.debtorIban ?? "", this.#profile);
    if (fault !== undefined) this.#tell.fault("BIC_INVALID", place, text, fault);
    else if (/\d/.test(text.slice(0, 4))) {
      this.#tell.notice(
        "BIC_DIGITS",
        place,
        text,
        "letters first: not every SEPA bank takes digits there (ISO 9362:2022)",
      );
    }
  }

  #endTransfer(place: Place): void {
    const read = this.#transfer;
    const payment = this.#payment;
    const localInstrument = read.localInstrument ?? payment.localInstrument;
    const report: Report = (code, field, found, expected) =>
      this.#tell.fault(code, { ...place, path: `${place.path} ${field}` }, found, expected);
    const transfer = read.transfer(localInstrument === "INST", report);
    this.#rules.check(transfer, report);
    this.#checkTwice(transfer.endToEndId, report);
    if (read.hasPaymentType && payment.hasPaymentType) {
      report("PAYMENT_TYPE_TWICE", "PmtTpInf", "in the payment and in the transfer", "one of the two places");
    }
    if (read.hasAddress && this.#profile.address.form === "none") {
      report("ADDRESS_NOT_TAKEN", "creditor.address", "an address", `none, as profile ${this.#profile.name} says`);
    }
    this.count += 1;
    this.sumMinor += transfer.amountMinor;
    payment.count += 1;
    payment.sumMinor += transfer.amountMinor;
    this.#transfer = new TransferInFile();
  }

  #checkTwice(endToEndId: string, report: Report): void {
    const key = endToEndId.toUpperCase();
    const earlier = this.#endToEndIds.get(key);
    if (earlier === undefined) this.#endToEndIds.set(key, this.count + 1);
    else report("ID_DUPLICATE", "endToEndId", endToEndId, `an id of its own: the file's transfer ${earlier} has it`);
  }

  #endPayment(place: Place): void {
    const payment = this.#payment;
    this.#compare(place, payment, payment.announcedCount, payment.announcedSum);
    this.#checkDate(payment, place);
    if (payment.debtorBic === undefined && this.#profile.agents.debtor === "required") {
      this.#tell.fault("BIC_MISSING", place, "nothing", "a BIC of the debtor's bank: this bank needs one");
    }
    const { transfersPerPayment } = this.#profile.limits;
    if (payment.count > transfersPerPayment) {
      this.#tell.fault("TRANSFERS_LIMIT", place, `${payment.count} transfers`, `at most ${transfersPerPayment}`);
    }
    this.#payments += 1;
    this.#payment = emptyPayment();
  }

  #endMessage(place: Place): void {
    this.#compare(place, this, this.#announcedCount, this.#announcedSum);
    const { limits, paymentInformation } = this.#profile;
    const allowed = paymentInformation === "one" ? 1 : limits.paymentsPerFile;
    if (this.#payments > allowed)
      this.#tell.fault("PAYMENTS_LIMIT", place, `${this.#payments} payments`, `at most ${allowed}`);
    if (this.count > limits.transfersPerFile) {
      this.#tell.fault("TRANSFERS_LIMIT", place, `${this.count} transfers`, `at most ${limits.transfersPerFile}`);
    }
  }

  /** AM18 and AM10 of the bank, before it sees the file. */
  #compare(
    place: Place,
    counted: { readonly count: number; readonly sumMinor: bigint },
    count: string | undefined,
    sum: string | undefined,
  ): void {
    const at = (name: string) => ({ ...place, path: `${place.path}/${name}` });
    if (count !== undefined && /^\d+$/.test(count) && BigInt(count) !== BigInt(counted.count)) {
      this.#tell.fault("COUNT_DIFFERS", at("NbOfTxs"), count, `${counted.count}, the number of transfers`);
    }
    if (sum !== undefined && minorOf(sum) !== counted.sumMinor) {
      this.#tell.fault("SUM_DIFFERS", at("CtrlSum"), sum, `${amountText(counted.sumMinor)}, the sum of the transfers`);
    }
  }

  #checkDate({ date, localInstrument }: Payment, place: Place): void {
    if (date === undefined) return;
    const at = { ...place, path: `${place.path}/ReqdExctnDt` };
    if (!isIsoDate(date)) {
      this.#tell.fault("EXECUTION_DATE", at, date, "a date that exists, YYYY-MM-DD");
      return;
    }
    const instant = localInstrument === "INST";
    const service = this.#profile.services.find((candidate) => candidate.instant === instant);
    // Seen from the date itself, early in the day, only the calendar can object.
    const calendar = planExecutionDate(date, new Date(`${date}T00:30:00Z`), this.#profile, service);
    if (
      calendar.ok &&
      calendar.moved &&
      service?.everyDay !== true &&
      !isSameDayCutoff(this.#profile, date, calendar.date)
    ) {
      this.#tell.fault("EXECUTION_DATE", at, date, `a banking day, such as ${calendar.date}`);
      return;
    }
    if (this.#options.now === undefined) return;
    const plan = planExecutionDate(date, this.#options.now, this.#profile, service);
    if (!plan.ok) this.#tell.fault("EXECUTION_DATE", at, date, plan.expected);
    else if (plan.moved)
      this.#tell.notice("EXECUTION_DATE_MOVES", at, date, `${plan.date}: the bank can meet no earlier date`);
  }

  #checkId(text: string, place: Place): void {
    const fault = idProblem(text);
    if (fault !== undefined) this.#tell.fault("ID_INVALID", place, JSON.stringify(text), fault);
  }

  #checkLength(name: string, place: Place): void {
    if (name.length > 70) this.#tell.fault("TEXT_TOO_LONG", place, `${name.length} characters`, "at most 70 (EPC)");
  }

  #checkCharacters(text: string, place: Place): void {
    const { charset, name } = this.#profile;
    if (isPermitted(text, charset)) return;
    const strange = [...text].filter((character) => !isPermitted(character, charset));
    const expected = `characters of the set ${charset} (profile ${name})`;
    this.#tell.fault("CHARACTER_NOT_PERMITTED", place, [...new Set(strange)].slice(0, 10).join(" "), expected);
  }
}

/** A lead time, not the calendar, may move a date that is a banking day. */
function isSameDayCutoff({ execution }: BankProfile, date: string, moved: string): boolean {
  return execution.leadDays > 0 && moved > date;
}

function emptyPayment(): Payment {
  return { id: "", count: 0, sumMinor: 0n, hasPaymentType: false };
}

/** Minor units of a decimal text with any number of digits behind the point; undefined when it has more than two. */
function minorOf(text: string): bigint | undefined {
  try {
    return parseMinor(text.replace(/^\+/, ""), "EUR");
  } catch {
    return undefined;
  }
}
