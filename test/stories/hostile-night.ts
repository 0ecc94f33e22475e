/** A small world in which bank and gateway misbehave as they are told, lived through up to any moment. */
import type { OpenedContext } from "../../src/context.ts";
import { type Happened, liveThroughDays } from "../../src/demo/run-days.ts";
import { type RunSlot, timetable } from "../../src/demo/timetable.ts";
import type { World } from "../../src/demo/world.ts";
import type { BankRule } from "../../src/sandbox/bank-rule.ts";
import type { GatewayRule } from "../../src/sandbox/gateway-rule.ts";
import { storyWorld } from "./story-world.ts";

export interface HostileNight {
  readonly world: World;
  readonly context: OpenedContext;
  /** Lives on until that moment has passed; answers what ran meanwhile. */
  until(date: string, at: string): Promise<readonly RunSlot[]>;
  /** Exceptions as `REASON STATE`, sorted. */
  exceptions(): Promise<readonly string[]>;
  /** Inbound files as `STATE kind-and-spoil FIRST_FINDING`, by name. */
  inbound(): Promise<readonly InboundSeen[]>;
  stop(): Promise<void>;
}

export interface InboundSeen {
  readonly name: string;
  readonly state: string;
  readonly findings: readonly string[];
}

export async function hostileNight(rules: {
  readonly bank?: readonly BankRule[];
  readonly gateway?: readonly GatewayRule[];
}): Promise<HostileNight> {
  const world = await storyWorld({ size: { sellers: 6, orders: 24 }, gatewayTimeoutMs: 1_000 });
  world.bank.brain.setBehaviour(rules.bank ?? []);
  world.gateway.setBehaviour(rules.gateway ?? []);
  const context = await world.open("write");
  world.moveTo("2026-11-18", "00:15");
  const days = liveThroughDays({ world, context, timetable: timetable(context) });
  const { db } = context.store;
  return {
    world,
    context,
    until: (date, at) => liveUntil(days, date, at),
    exceptions: async () => {
      const rows = await db.selectFrom("exceptions").select(["reason", "state"]).execute();
      return rows
        .map(({ reason, state }) => `${reason} ${state}`)
        .filter((text) => !text.startsWith("VALIDATION_RUNNING_OUT"))
        .sort();
    },
    inbound: async () => {
      const rows = await db.selectFrom("inbound_files").selectAll().orderBy("remote_name").execute();
      return rows.map(({ remote_name, state, findings }) => ({
        name: remote_name,
        state,
        findings: (JSON.parse(findings ?? "[]") as { code: string }[]).map(({ code }) => code),
      }));
    },
    stop: () => world.stop(),
  };
}

async function liveUntil(days: AsyncGenerator<Happened>, date: string, at: string): Promise<readonly RunSlot[]> {
  const ran: RunSlot[] = [];
  for (;;) {
    const { value, done } = await days.next();
    if (done === true) throw new Error(`there is no ${date} ${at} any more`);
    ran.push(...value.ran);
    if (value.date === date && value.at === at) return ran;
  }
}

/** The codes of all findings of a job. */
export function findingsOfJob(ran: readonly RunSlot[], job: string): readonly string[] {
  return ran.filter((slot) => slot.job === job).flatMap(({ report }) => report.findings.map(({ code }) => code));
}
