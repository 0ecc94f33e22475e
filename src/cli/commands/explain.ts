/** `remit explain`: why an amount is what it is, from the card to the bank and back. */
import { Argument, type Command } from "commander";
import { EXPLAINABLE, type Explainable, type Explained, explain } from "../../app/explain.ts";
import { act } from "../act.ts";
import { limitOption, textOption } from "../options.ts";
import { withContext } from "../with-context.ts";

export function addExplainCommand(program: Command): void {
  const command = program
    .command("explain")
    .description("the chain behind a transfer, order or seller: authorisation to bank statement, in both directions")
    .addArgument(new Argument("<kind>", "what it is").choices(EXPLAINABLE))
    .argument("<id>", "its ref; a transfer also by any reference of its bank line")
    .option("--marketplace <ref>", "the marketplace it is of, where several use the ref")
    .addOption(limitOption());
  act(command, (call) =>
    withContext(call, "read", async (context) => {
      const [kind = "", id = ""] = call.args;
      const marketplace = textOption(call.options.marketplace);
      const explained = await explain(context, {
        kind: kind as Explainable,
        id,
        limit: Number(call.options.limit),
        ...(marketplace === undefined ? {} : { marketplace }),
      });
      return { json: { explained }, text: explained.map(treeText).join("\n\n") };
    }),
  );
}

/** One line for each step, its parts below it. */
export function treeText(root: Explained): string {
  return [lineOf(root), ...branches(root.parts, "")].join("\n");
}

function branches(parts: readonly Explained[], indent: string): string[] {
  return parts.flatMap((part, index) => {
    const last = index === parts.length - 1;
    return [
      `${indent}${last ? "└─ " : "├─ "}${lineOf(part)}`,
      ...branches(part.parts, `${indent}${last ? "   " : "│  "}`),
    ];
  });
}

function lineOf({ step, ref, facts }: Explained): string {
  const said = Object.entries(facts).map(([name, value]) => `${spaced(name)} ${value}`);
  return [`${step} ${ref}`, said.join(", ")].filter((part) => part !== "").join(": ");
}

/** `businessDate` is read as `business date`. */
function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
