/** Every posting names two accounts that exist: refused by the database, at the price of one look per statement. */
import type { Dialect } from "./migration.ts";

/** What stands behind the columns of `postings` that hold an account's id. */
export function accountReference({ name }: Pick<Dialect, "name">): string {
  return name === "sqlite" ? " REFERENCES accounts (id)" : "";
}

/**
 * PostgreSQL checks a foreign key row by row, which takes two thirds of the time of posting in bulk (measured). There the
 * rows of a statement are checked together, and no account can go.
 */
export function knownAccounts({ name }: Pick<Dialect, "name">): string[] {
  if (name === "sqlite") return [];
  return [
    `CREATE FUNCTION postings_known_accounts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF EXISTS (SELECT 1 FROM (SELECT debit_account AS account FROM added UNION SELECT credit_account FROM added) AS named
                   WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.id = named.account)) THEN
         RAISE EXCEPTION 'a posting violates the constraint that its accounts exist' USING ERRCODE = 'foreign_key_violation';
       END IF;
       RETURN NULL;
     END $$`,
    `CREATE TRIGGER postings_known_accounts AFTER INSERT ON postings REFERENCING NEW TABLE AS added
       FOR EACH STATEMENT EXECUTE FUNCTION postings_known_accounts()`,
    `CREATE FUNCTION accounts_stay() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'accounts stay: % refused', TG_OP; END $$`,
    `CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON accounts
       FOR EACH STATEMENT EXECUTE FUNCTION accounts_stay()`,
  ];
}
