/** A table that can only grow: the database itself refuses to change or remove a row. */
import type { Dialect } from "./migration.ts";

/** Statements that make `table` append-only in either database. */
export function appendOnly({ name }: Pick<Dialect, "name">, table: string): string[] {
  if (name === "sqlite") {
    return ["UPDATE", "DELETE"].map(
      (verb) =>
        `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
         BEGIN SELECT RAISE(ABORT, '${table} is append-only: ${verb} refused'); END`,
    );
  }
  return [
    `CREATE FUNCTION ${table}_append_only() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION '${table} is append-only: % refused', TG_OP; END $$`,
    `CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
       FOR EACH STATEMENT EXECUTE FUNCTION ${table}_append_only()`,
  ];
}
