/** `remit files withdraw | sent-by-hand | confirmed-by-phone`: one person asks, another one confirms. */
import type { Command } from "commander";
import { askForFile, type ByHandOutcome, confirmForFile, dropRequest } from "../../app/by-hand.ts";
import { act, type Call, type Outcome } from "../act.ts";
import { textOption } from "../options.ts";
import { withContext } from "../with-context.ts";

const DEEDS = [
  {
    name: "withdraw",
    kind: "WITHDRAW",
    says: "withdraw a file before its upload begins; its transfers go in a new one",
    done: "is withdrawn",
  },
  {
    name: "sent-by-hand",
    kind: "SENT_BY_HAND",
    says: "say that you gave the frozen bytes to the bank yourself (`files export`); the engine sends them no more",
    done: "counts as sent",
  },
  {
    name: "confirmed-by-phone",
    kind: "CONFIRMED_BY_PHONE",
    says: "say that the bank told you it has the file",
    done: "counts as received by the bank",
  },
] as const;

type Deed = (typeof DEEDS)[number];

/** Each deed takes two calls by two people: `--reason TEXT` asks, `--confirm` does it. */
export function addByHandCommands(group: Command): void {
  for (const deed of DEEDS) {
    const command = group
      .command(deed.name)
      .description(deed.says)
      .argument("<id>", "its message id")
      .option("--reason <text>", "why: this asks, and a second person must confirm")
      .option("--confirm", "confirm what another person asked for (--as USER): this does it")
      .option("--drop", "take the open request back");
    act(command, (call) => withContext(call, "visit", async (context) => said(deed, await doIt(deed, call, context))));
  }
}

function doIt({ kind }: Deed, call: Call, context: Parameters<typeof askForFile>[0]): Promise<ByHandOutcome> {
  const request = { messageId: call.args[0] ?? "", kind };
  if (call.options.confirm === true) return confirmForFile(context, request);
  if (call.options.drop === true) return dropRequest(context, request);
  return askForFile(context, { ...request, reason: textOption(call.options.reason) ?? "" });
}

function said(deed: Deed, outcome: ByHandOutcome): Outcome {
  const { messageId, askedBy, confirmedBy, state } = outcome;
  const text =
    confirmedBy === undefined
      ? `${messageId} is ${state}; request of ${askedBy} to ${deed.name}: a second person confirms it with --confirm, or drops it`
      : `${messageId} ${deed.done}: ${state}, asked by ${askedBy}, confirmed by ${confirmedBy}`;
  return { json: { ...outcome }, text };
}
