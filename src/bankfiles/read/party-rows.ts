/** The rows of a party: its name, its account and its bank stand in three places, which moved from version to version. */
import type { Draft } from "./checked-value.ts";
import type { Party } from "./document.ts";
import { type ValueRow, value } from "./record-map.ts";

interface PartyPlaces {
  readonly party: string;
  readonly account: string;
  readonly agent: string;
}

/** `of` gives the party of a draft, made when its first value comes. */
export function partyRows<D>(places: PartyPlaces, of: (draft: D) => Draft<Party>): readonly ValueRow<D>[] {
  const { party, account, agent } = places;
  return [
    // Directly below the party up to camt .06 and in pain.001; below `Pty` since; a bank as party has `Agt`.
    value([`${party}/Nm`, `${party}/Pty/Nm`, `${party}/Agt/FinInstnId/Nm`], (draft, text) => {
      of(draft).name = text;
    }),
    value(`${account}/Id/IBAN`, (draft, text) => {
      of(draft).iban = text;
    }),
    // `Othr` from .02; version .01 had a choice of schemes.
    value(otherAccount(account), (draft, text) => {
      of(draft).other = text;
    }),
    // `BIC` up to .02 (camt) and .03 (pain), `BICFI` since; `CmbndId` in version .01.
    value(
      [`${agent}/FinInstnId/BIC`, `${agent}/FinInstnId/BICFI`, `${agent}/FinInstnId/CmbndId/BIC`],
      (draft, text) => {
        of(draft).bic = text;
      },
    ),
  ];
}

/** The paths of an account identification that is not an IBAN. */
export function otherAccount(account: string): readonly string[] {
  return ["Othr/Id", "BBAN", "UPIC", "PrtryAcct/Id"].map((path) => `${account}/Id/${path}`);
}
