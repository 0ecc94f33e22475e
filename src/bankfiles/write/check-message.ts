/** The rules of what stands above the transfers: message, payments, debtor, dates, limits. */
import { ibanProblem, maskIban } from "../../domain/account-number.ts";
import type { Finding } from "../../domain/finding.ts";
import type { BankProfile } from "../profile/profile.ts";
import { dateProblem } from "./execution-date.ts";
import { idProblem, paymentInformationId } from "./identifier.ts";
import { serviceNamed } from "./service.ts";
import type { Pain001Batch, Pain001Message } from "./transfer.ts";
import { bicFault, checkName } from "./transfer-rules.ts";

type Add = (code: string, where: string, found: string, expected: string) => void;

/**
 * All findings above the transfers. `message.createdAt` is taken as now: dates must be ones the bank can still meet.
 * The transfers themselves are checked by `checkTransfers`.
 */
export function checkMessage(message: Pain001Message, profile: BankProfile): readonly Finding[] {
  const findings: Finding[] = [];
  const add: Add = (code, where, found, expected) => findings.push({ code, where, found, expected });
  const idFault = idProblem(message.messageId);
  if (idFault !== undefined) add("ID_INVALID", "messageId", JSON.stringify(message.messageId), idFault);
  const initiator = profile.initiatingParty.name ?? message.initiatingParty.name;
  checkName(initiator, "initiatingParty.name", profile, add);
  checkLimits(message, profile, add);
  message.payments.forEach((batch, index) => {
    checkBatch(batch, `payments[${index}]`, message, profile, add);
  });
  checkPaymentIds(message, add);
  return findings;
}

function checkLimits({ payments }: Pain001Message, { limits, paymentInformation }: BankProfile, add: Add): void {
  const allowed = paymentInformation === "one" ? 1 : limits.paymentsPerFile;
  if (payments.length === 0 || payments.length > allowed) {
    add("PAYMENTS_LIMIT", "payments", `${payments.length} payments`, `1 to ${allowed}`);
  }
  let total = 0;
  payments.forEach(({ count }, index) => {
    total += count ?? 0;
    if (count !== undefined && (count === 0 || count > limits.transfersPerPayment)) {
      add(
        "TRANSFERS_LIMIT",
        `payments[${index}]`,
        `${count} transfers`,
        `1 to ${limits.transfersPerPayment} in a payment`,
      );
    }
  });
  if (total > limits.transfersPerFile) {
    add("TRANSFERS_LIMIT", "payments", `${total} transfers`, `at most ${limits.transfersPerFile} in a file`);
  }
}

function checkBatch(batch: Pain001Batch, at: string, message: Pain001Message, profile: BankProfile, add: Add): void {
  const { debtor } = batch;
  checkName(debtor.name, `${at}.debtor.name`, profile, add);
  const ibanFault = ibanProblem(debtor.iban);
  if (ibanFault !== undefined) add("IBAN_INVALID", `${at}.debtor.iban`, maskIban(debtor.iban), ibanFault);
  if (debtor.bic !== undefined) {
    const fault = bicFault(debtor.bic, debtor.iban, profile);
    if (fault !== undefined) add("BIC_INVALID", `${at}.debtor.bic`, JSON.stringify(debtor.bic), fault);
  } else if (profile.agents.debtor === "required") {
    add("BIC_MISSING", `${at}.debtor.bic`, "nothing", "a BIC: this bank needs one");
  } else if (profile.agents.debtor === "clearing" && !/^(?:CH|LI)/.test(debtor.iban)) {
    add("BIC_MISSING", `${at}.debtor.bic`, "nothing", "a BIC, or a debtor account of CH or LI");
  }
  const service = batch.service === undefined ? undefined : serviceNamed(profile, batch.service);
  if (batch.service !== undefined && service === undefined) {
    const names = profile.services.map(({ name }) => name).join(", ");
    add("SERVICE_UNKNOWN", `${at}.service`, batch.service, `one of ${names}`);
  }
  const dateFault = dateProblem(batch.executionDate, message.createdAt, profile, service ?? profile.services[0]);
  if (dateFault !== undefined) add("EXECUTION_DATE", `${at}.executionDate`, batch.executionDate, dateFault);
}

/** PmtInfIds are unique in the message; the derived ones count as given. */
function checkPaymentIds({ payments, messageId }: Pain001Message, add: Add): void {
  const first = new Map<string, number>();
  payments.forEach((batch, index) => {
    const id = batch.paymentInformationId ?? paymentInformationId(messageId, index + 1);
    const where = `payments[${index}].paymentInformationId`;
    const fault = batch.paymentInformationId === undefined ? undefined : idProblem(id);
    if (fault !== undefined) add("ID_INVALID", where, JSON.stringify(id), fault);
    const earlier = first.get(id.toUpperCase());
    if (earlier !== undefined) add("ID_DUPLICATE", where, id, `an id of its own: payments[${earlier}] has it`);
    else first.set(id.toUpperCase(), index);
  });
}
