/** Makes the sandbox gateway know the authorisations that were imported, as if its own checkout had made them. */
import type { SandboxGateway } from "../sandbox/sandbox-gateway.ts";
import type { Queries } from "../store/store.ts";

const AT_ONCE = 2_000;

/** Answers how many there are now. Planting again changes nothing. */
export async function plantAuthorisations(db: Queries, gateway: SandboxGateway): Promise<number> {
  let planted = 0;
  let last = 0n;
  for (;;) {
    const rows = await openAuthorisations(db, last);
    const end = rows.at(-1);
    if (end === undefined) return planted;
    last = end.id;
    gateway.register(
      ...rows.map((row) => ({
        authorisationId: row.gateway_ref ?? "",
        reference: `checkout/${row.marketplace}/${row.ref}`,
        orderRef: row.order_ref,
        amount: row.amount,
        currency: row.currency,
        ...dates(row),
      })),
    );
    planted += rows.length;
  }
}

function openAuthorisations(db: Queries, afterId: bigint) {
  return (
    db
      .selectFrom("transactions")
      .innerJoin("orders", "orders.id", "transactions.order_id")
      .innerJoin("marketplaces", "marketplaces.id", "transactions.marketplace_id")
      .select(["transactions.id", "transactions.ref", "transactions.gateway_ref", "transactions.amount"])
      .select(["transactions.currency", "transactions.authorised_at", "transactions.honour_until"])
      .select(["transactions.expires_at", "orders.ref as order_ref", "marketplaces.ref as marketplace"])
      .where("transactions.detailed_status", "in", ["AUTHORISED", "AUTHORISED_TO_VALIDATE"])
      .where("transactions.gateway_ref", "is not", null)
      // With a token the engine asks the gateway itself, the day before the capture.
      .where("transactions.token_id", "is", null)
      .where("transactions.id", ">", afterId)
      .orderBy("transactions.id")
      .limit(AT_ONCE)
      .execute()
  );
}

interface Times {
  readonly authorised_at: string | null;
  readonly honour_until: string | null;
  readonly expires_at: string | null;
}

function dates({ authorised_at, honour_until, expires_at }: Times) {
  return {
    ...(authorised_at === null ? {} : { authorisedAt: new Date(authorised_at) }),
    ...(honour_until === null ? {} : { honourUntil: new Date(honour_until) }),
    ...(expires_at === null ? {} : { expiresAt: new Date(expires_at) }),
  };
}
