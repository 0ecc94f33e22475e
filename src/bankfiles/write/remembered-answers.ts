/** Answers that depend on the country of an IBAN or on a bank, asked for once each: many transfers go to few of them. */

/** More than most files have; where there are more, remembering begins anew. */
const BANKS = 5_000;
const COUNTRIES = 1_000;

type Ask<Answer> = (iban: string) => Answer;

/** The answer for each country of an IBAN. */
export class CountryAnswers<Answer> {
  readonly #ask: Ask<Answer>;
  readonly #known = new Map<number, { readonly country: number; readonly answer: Answer }>();
  #last: { readonly country: number; readonly answer: Answer } | undefined;

  constructor(ask: Ask<Answer>) {
    this.#ask = ask;
  }

  of(iban: string): Answer {
    // The two letters as one number, which is faster to look up than their text.
    const country = iban.charCodeAt(0) * 65_536 + iban.charCodeAt(1);
    if (this.#last !== undefined && this.#last.country === country) return this.#last.answer;
    if (this.#known.size >= COUNTRIES) this.#known.clear();
    const known = this.#known.get(country) ?? { country, answer: this.#ask(iban) };
    this.#known.set(country, known);
    this.#last = known;
    return known.answer;
  }
}

/** The answer for each BIC beside the country of an IBAN. */
export class BankAnswers<Answer> {
  readonly #ask: (bic: string, iban: string) => Answer;
  readonly #known = new Map<string, CountryAnswers<Answer>>();
  #lastBic = "";
  #last: CountryAnswers<Answer> | undefined;

  constructor(ask: (bic: string, iban: string) => Answer) {
    this.#ask = ask;
  }

  of(bic: string, iban: string): Answer {
    if (this.#last === undefined || bic !== this.#lastBic) {
      this.#last = this.#answersOf(bic);
      this.#lastBic = bic;
    }
    return this.#last.of(iban);
  }

  #answersOf(bic: string): CountryAnswers<Answer> {
    const known = this.#known.get(bic);
    if (known !== undefined) return known;
    if (this.#known.size >= BANKS) this.#known.clear();
    const answers = new CountryAnswers<Answer>((iban) => this.#ask(bic, iban));
    this.#known.set(bic, answers);
    return answers;
  }
}
