/** The last step of the chain: what the marketplace was told of an object, and whether it was heard. */
import { toldAbout } from "../store/explain.ts";
import type { Queries } from "../store/store.ts";
import { type Explained, step } from "./explain.ts";

/** One step for each change of state; under it one for each endpoint that is told. */
export async function explainTold(
  db: Queries,
  marketplaceId: bigint,
  kind: string,
  refs: readonly string[],
): Promise<readonly Explained[]> {
  const rows = await toldAbout(db, marketplaceId, kind, refs);
  const changes = new Map<bigint, { readonly row: (typeof rows)[number]; readonly told: Explained[] }>();
  for (const row of rows) {
    const change = changes.get(row.id) ?? { row, told: [] };
    changes.set(row.id, change);
    if (row.notification !== null) {
      const { endpoint, state, attempts } = row;
      change.told.push(step("notification", row.notification, { endpoint, state, attempts }));
    }
  }
  return [...changes.values()].map(({ row, told }) =>
    step(
      "change",
      `${kind} ${row.object_ref}`,
      { status: row.status, detail: row.detail, sequence: row.sequence, at: row.changed_at },
      told,
    ),
  );
}
