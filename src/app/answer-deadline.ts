/** By when a bank must have answered a file; silence after that is an alarm, never a resend. */

import type { BankProfile, ExpectedAnswer } from "../bankfiles/profile/profile.ts";
import { bankingDayOnOrAfter, dateInZone, instantOf, nextBankingDay } from "../domain/calendar.ts";

/** The earliest of the profile's deadlines for a file sent at `sentAt`; undefined when the bank promises no answer. */
export function answerDeadline(profile: BankProfile, sentAt: Date): Date | undefined {
  const deadlines = profile.exchange.answers.map((answer) => deadlineOf(answer, profile, sentAt).getTime());
  return deadlines.length === 0 ? undefined : new Date(Math.min(...deadlines));
}

function deadlineOf(answer: ExpectedAnswer, { execution }: BankProfile, sentAt: Date): Date {
  if ("withinMinutes" in answer) return new Date(sentAt.getTime() + answer.withinMinutes * 60_000);
  const calendar = { name: execution.calendar, closedDays: execution.closedDays };
  const today = bankingDayOnOrAfter(dateInZone(sentAt, execution.zone), calendar);
  const day = answer.by.startsWith("next") ? nextBankingDay(today, calendar) : today;
  return instantOf(day, answer.by.slice(-5), execution.zone);
}
