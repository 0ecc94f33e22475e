/** `remit preview`: what the next settlement would pay, and why. */
import type { Command } from "commander";
import { type PreviewLine, previewSettlement } from "../../app/preview.ts";
import { formatMinor } from "../../domain/money.ts";
import { act } from "../act.ts";
import { businessDateOf, dateOption } from "../options.ts";
import { table } from "../table.ts";
import { withContext } from "../with-context.ts";

const COLUMNS = [
  "marketplace",
  "seller",
  "sales",
  "fees",
  "refunds",
  "other",
  "carried",
  "held",
  "net",
  "difference",
  "currency",
  "outcome",
  "reason",
] as const;

export function addPreviewCommand(program: Command): void {
  const command = program
    .command("preview")
    .description("what the next settlement would pay, per seller, and why; writes nothing")
    .addOption(dateOption());
  act(command, (call) =>
    withContext(call, "read", async (context) => {
      const businessDate = businessDateOf(call, context);
      const { lines, findings } = await previewSettlement(context, businessDate);
      const rows = lines.map(asText);
      const listed = table(
        COLUMNS,
        rows.map((row) => COLUMNS.map((column) => row[column] ?? "-")),
      );
      const text = [listed, ...lookText(lines)].join("\n\n");
      return { findings, json: { businessDate, lines: rows }, text };
    }),
  );
}

/** Amounts are decimal text of the currency. */
function asText({ marketplace, position, reserve, net, outcome, reason, last, difference, anomalies }: PreviewLine) {
  const { currency } = position;
  const text = (minor: bigint) => formatMinor(minor, currency);
  return {
    marketplace,
    seller: position.seller,
    sales: text(position.sales),
    fees: text(position.fees),
    refunds: text(position.refunds),
    other: text(position.other),
    carried: text(position.carried),
    held: text(position.held?.amount ?? 0n),
    net: text(net),
    currency,
    outcome,
    reason: reason ?? null,
    vat: text(position.vat),
    reserve: text(reserve),
    released: text(position.released),
    waiting: text(position.waiting),
    difference: text(difference),
    last: last === undefined ? null : { ...last, net: text(last.net) },
    anomalies,
  };
}

/** What a person should look at; nothing when all is as usual. */
function lookText(lines: readonly PreviewLine[]): readonly string[] {
  const rows = lines.flatMap(({ marketplace, position, anomalies }) =>
    anomalies.map(({ code, says, before, now }) => [marketplace, position.seller, code, before, now, says]),
  );
  return rows.length === 0
    ? []
    : [
        `Look at these before they are paid:\n${table(["marketplace", "seller", "anomaly", "before", "now", "why"], rows)}`,
      ];
}
