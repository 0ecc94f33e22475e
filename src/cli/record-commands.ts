/** `list` and `show` for one kind of record: the same for all of them. */
import { type Command, Option } from "commander";
import type { Context } from "../app/context.ts";
import type { ListFilter } from "../store/listings/listing.ts";
import { act, type Call } from "./act.ts";
import { dateOption, limitOption, textOption } from "./options.ts";
import { table } from "./table.ts";
import { withContext } from "./with-context.ts";

type Row = Readonly<Record<string, unknown>>;

export interface RecordCommands {
  /** The group's name and the key of the list in machine output. */
  readonly name: string;
  readonly says: string;
  /** What a record is found by, for the help text. */
  readonly id: string;
  /** Keys of a row that the table shows. */
  readonly columns: readonly string[];
  readonly list: (context: Context, filter: ListFilter) => Promise<readonly Row[]>;
  readonly show: (context: Context, id: string, marketplace?: string) => Promise<Row>;
  /** Records of another kind that the same commands list and show when they are called with a flag. */
  readonly variant?: Pick<RecordCommands, "columns" | "list" | "show"> & {
    readonly flag: string;
    readonly says: string;
  };
}

/** The group, so that further commands can be added to it. */
export function addRecordCommands(program: Command, commands: RecordCommands): Command {
  const { name, says, id, variant } = commands;
  const meant = (call: Call) => (variant !== undefined && call.options[variant.flag] === true ? variant : commands);
  const group = program.command(name).description(says);
  const list = group
    .command("list")
    .description(`list ${name}, newest first`)
    .addOption(marketplaceOption())
    .option("--state <state>", "only those in this state")
    .addOption(dateOption("only those of this business date"))
    .addOption(limitOption());
  act(list, (call) =>
    withContext(call, "read", async (context) => {
      const { columns, list } = meant(call);
      const rows = await list(context, filterOf(call));
      return {
        json: { [name]: rows },
        text: table(
          columns,
          rows.map((row) => columns.map((key) => cell(row[key]))),
        ),
      };
    }),
  );
  const show = group
    .command("show")
    .description(`show one of the ${name} with all that belongs to it`)
    .argument("<id>", id)
    .addOption(marketplaceOption());
  act(show, (call) =>
    withContext(call, "read", async (context) => {
      const record = await meant(call).show(context, call.args[0] ?? "", textOption(call.options.marketplace));
      return { json: record, text: recordText(record) };
    }),
  );
  if (variant !== undefined) for (const one of [list, show]) one.option(`--${variant.flag}`, variant.says);
  return group;
}

function marketplaceOption(): Option {
  return new Option("--marketplace <ref>", "only those of this marketplace");
}

function filterOf({ options }: Call): ListFilter {
  const filter = ["marketplace", "state", "date"].flatMap((key) => {
    const text = textOption(options[key]);
    return text === undefined ? [] : [[key, key === "state" ? text.toUpperCase() : text] as const];
  });
  return { limit: Number(options.limit), ...Object.fromEntries(filter) };
}

/** Single values first, one a line; then each list as a table under its name. */
export function recordText(record: Row): string {
  const lists = Object.entries(record).filter((entry): entry is [string, readonly Row[]] => Array.isArray(entry[1]));
  const values = Object.entries(record).filter(([, value]) => !Array.isArray(value));
  const width = Math.max(...values.map(([key]) => key.length));
  const head = values.map(([key, value]) => `${key.padEnd(width)}  ${cell(value)}`).join("\n");
  const tables = lists.map(([key, rows]) => {
    const columns = Object.keys(rows[0] ?? {});
    return `${key}:\n${table(
      columns,
      rows.map((row) => columns.map((column) => cell(row[column]))),
    )}`;
  });
  return [head, ...tables].join("\n\n");
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "-";
  if (typeof value === "object") return Object.values(value).map(cell).join(", ");
  return String(value);
}
