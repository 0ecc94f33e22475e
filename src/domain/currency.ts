/** ISO 4217 currencies and how many decimals each has. */
import { RemitError } from "./errors.ts";

/** Currencies whose minor unit is not a hundredth (ISO 4217, table A.1); every other known code has two decimals. */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ..."BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" ").map((code) => [code, 0] as const),
  ..."BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3] as const),
]);

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
  return DECIMALS.has(code) || TWO_DECIMALS.has(code);
}

/** Decimals of a currency's minor unit: 0, 2 or 3. Throws CURRENCY_UNKNOWN. */
export function decimalsOf(currency: string): number {
  if (!isCurrency(currency)) {
    throw new RemitError("CURRENCY_UNKNOWN", { found: currency, expected: "an ISO 4217 code such as EUR" });
  }
  return DECIMALS.get(currency) ?? 2;
}
