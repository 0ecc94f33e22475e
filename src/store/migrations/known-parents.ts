/** Columns of the large tables that hold the id of another table's row: a row that is not there is refused, at the price of one look a statement. */
import type { Dialect } from "./migration.ts";

/** The table in which the ids of each column are found. */
export type Parents = Readonly<Record<string, string>>;

/** What stands behind such a column where it is declared. */
export function reference({ name }: Pick<Dialect, "name">, parent: string): string {
  return name === "sqlite" ? ` REFERENCES ${parent} (id)` : "";
}

/**
 * PostgreSQL checks a foreign key row by row, which takes more than half of the time of writing in bulk (measured), and locks
 * the row that it finds. There the rows of a statement are checked together instead. What such a check cannot see is refused
 * altogether: these columns never change, and a row that others name stays (`staying`).
 */
export function knownParents({ name }: Pick<Dialect, "name">, table: string, parents: Parents): string[] {
  if (name === "sqlite") return [];
  const columns = Object.keys(parents);
  // Found by the key whatever the planner knows of a table that was empty a moment ago: hence the setting of the function.
  const checks = columns.map(
    (column) => `
       IF EXISTS (SELECT 1 FROM (SELECT DISTINCT ${column} AS id FROM added) AS named
                   WHERE (SELECT parent.id FROM ${parents[column]} AS parent WHERE parent.id = named.id) IS NULL) THEN
         RAISE EXCEPTION 'a row of ${table} violates the constraint that its ${column} exists' USING ERRCODE = 'foreign_key_violation';
       END IF;`,
  );
  return [
    `CREATE FUNCTION ${table}_known_parents() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$ BEGIN${checks.join("")}
       RETURN NULL;
     END $$`,
    `CREATE TRIGGER ${table}_known_parents AFTER INSERT ON ${table} REFERENCING NEW TABLE AS added
       FOR EACH STATEMENT EXECUTE FUNCTION ${table}_known_parents()`,
    ...refusing(table, "same_parents", `UPDATE OF ${columns.join(", ")}`, `${columns.join(" and ")} of ${table} stay`),
  ];
}

/** No row of the table goes or gets another id, for others name it. SQLite holds that by the references themselves. */
export function staying({ name }: Pick<Dialect, "name">, table: string): string[] {
  return name === "sqlite" ? [] : refusing(table, "stay", "DELETE OR TRUNCATE OR UPDATE OF id", `${table} stay`);
}

function refusing(table: string, what: string, events: string, says: string): string[] {
  return [
    `CREATE FUNCTION ${table}_${what}() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION '${says}: % refused', TG_OP; END $$`,
    `CREATE TRIGGER ${table}_${what} BEFORE ${events} ON ${table}
       FOR EACH STATEMENT EXECUTE FUNCTION ${table}_${what}()`,
  ];
}
