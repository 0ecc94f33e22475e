/** The rules of the EPC as a profile, for a file whose bank is not named. */
import { type BankProfile, parseProfile } from "../profile/profile.ts";

const MESSAGES = ["pain.001.001.03", "pain.001.001.09"] as const;

const PROFILES: ReadonlyMap<string, BankProfile> = new Map(
  MESSAGES.map((message) => [message, build(message)] as const),
);

function build(message: (typeof MESSAGES)[number]): BankProfile {
  const sepa = { currencies: ["EUR"], serviceLevel: "SEPA", chargeBearer: "SLEV" };
  const result = parseProfile(
    {
      name: "epc",
      message,
      services: [
        { name: "sct", ...sepa },
        { name: "instant", instant: true, localInstrument: "INST", everyDay: true, ...sepa },
      ],
      address: { form: message === "pain.001.001.03" ? "lines" : "hybrid" },
    },
    "epc",
  );
  if (!result.ok) throw new TypeError(`the EPC's profile is broken: ${JSON.stringify(result.findings)}`);
  return result.profile;
}

/** The EPC's rules for a message version; those of version 09 for one we do not know. */
export function epcProfile(version: string): BankProfile {
  const profile = PROFILES.get(version) ?? PROFILES.get("pain.001.001.09");
  if (profile === undefined) throw new TypeError("the EPC's profiles are not built");
  return profile;
}
