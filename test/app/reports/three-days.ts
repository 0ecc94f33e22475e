/** Three business days with a little of everything: holds, a debt, a reject, a return, re-issues, authorisations that run out. */
import {
  accountNumber,
  authorisation,
  DAY,
  type ImportRecord,
  marketplace,
  type PlantedMarket,
  plantedMarket,
  refund,
  sale,
  seller,
} from "./planted-market.ts";

export const CLOSED_ACCOUNT = accountNumber(13);
export const BLOCKED_ACCOUNT = accountNumber(14);
export const NEW_ACCOUNT = accountNumber(15);

const SHOPS = 12;

function shop(n: number): string {
  return `shop-${String(n).padStart(2, "0")}`;
}

function eve(): readonly ImportRecord[] {
  const shops = Array.from({ length: SHOPS }, (_, n) => seller(shop(n), `Maison Lefèvre ${n}`, accountNumber(100 + n)));
  const sales = Array.from({ length: SHOPS }, (_, n) => sale(`O-${n}`, shop(n), 10_050 + 1_733 * n, DAY.eve));
  return [
    marketplace(),
    ...shops,
    seller("closed", "Atelier Moreau", CLOSED_ACCOUNT),
    seller("blocked", "Comptoir Garnier", BLOCKED_ACCOUNT),
    seller("accountless", "Jardin Caron"),
    seller("unvalidated", "Cave Mercier", accountNumber(16), "PENDING_VALIDATION"),
    ...sales.flat(),
    ...sale("O-CLOSED", "closed", 20_000, DAY.eve),
    ...sale("O-BLOCKED", "blocked", 30_000, DAY.eve),
    ...sale("O-ACCOUNTLESS", "accountless", 15_000, DAY.eve),
    ...sale("O-UNVALIDATED", "unvalidated", 7_700, DAY.eve),
    ...sale("O-OPERATOR", "OPERATOR", 50_000, DAY.eve),
  ];
}

function secondDay(): readonly ImportRecord[] {
  const sales = Array.from({ length: SHOPS - 2 }, (_, n) => sale(`P-${n}`, shop(n), 8_020 + 911 * n, DAY.first));
  const lapsing = [0, 1, 2, 2, 3, 4, 5, 6, 8, 11].flatMap((days, n) =>
    authorisation(`A-${n}`, shop(n), 4_000 + 1_300 * n, {
      honourUntil: new Date(Date.parse("2026-11-20T09:00:00Z") + days * 86_400_000).toISOString(),
      expiresAt: new Date(Date.parse("2026-11-21T09:00:00Z") + days * 86_400_000).toISOString(),
    }),
  );
  return [
    ...sales.flat(),
    refund("R-11", "O-11", shop(11), 29_113, DAY.first),
    refund("R-0", "O-0", shop(0), 2_500, DAY.first),
    seller("closed", "Atelier Moreau", NEW_ACCOUNT),
    ...lapsing,
    ...authorisation("V-1", shop(1), 4_400, { expiresAt: "2026-11-21T07:00:00Z" }, "AUTHORISED_TO_VALIDATE"),
    ...authorisation("V-2", shop(2), 6_600, { expiresAt: "2026-11-24T07:00:00Z" }, "AUTHORISED_TO_VALIDATE"),
  ];
}

/** Lives through them and stops on the morning of the third day, before the reports are made. */
export async function threeDays(): Promise<PlantedMarket> {
  const market = await plantedMarket([
    { when: { creditorIban: CLOSED_ACCOUNT }, do: { kind: "reject", code: "AC04" } },
    { when: { creditorIban: BLOCKED_ACCOUNT }, do: { kind: "return", code: "AC06", chargesMinor: "250" }, times: 1 },
  ]);
  await market.plant(eve());
  await market.night(DAY.first);
  await market.day(DAY.first);
  await market.morning(DAY.second);
  await market.plant(secondDay());
  await market.night(DAY.second);
  market.bank.payIn({
    iban: accountNumber(1, "50010517"),
    amountMinor: 77_700n,
    reference: "UNKNOWN-77",
    on: DAY.second,
  });
  await market.day(DAY.second);
  await market.night(DAY.third);
  await market.morning(DAY.third);
  return market;
}
