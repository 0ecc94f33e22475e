/** ISO 4217 currencies and how many decimals each has. */
import { RemitError } from "./errors.ts";

/** Currencies whose minor unit is not a hundredth (ISO 4217, table A.1); every other known code has two decimals. */
const DECIMALS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
};

const TWO_DECIMALS = new Set(
  (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK " +
    "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD " +
    "KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP " +
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH " +
    "USD UYU UZS VES WST XCD YER ZAR ZMW ZWG"
  ).split(" "),
);

export function isCurrency(code: string): boolean {
  return code in DECIMALS || TWO_DECIMALS.has(code);
}

/** Decimals of a currency's minor unit: 0, 2 or 3. Throws CURRENCY_UNKNOWN. */
export function decimalsOf(currency: string): number {
  if (!isCurrency(currency)) {
    throw new RemitError("CURRENCY_UNKNOWN", { found: currency, expected: "an ISO 4217 code such as EUR" });
  }
  return DECIMALS[currency] ?? 2;
}
