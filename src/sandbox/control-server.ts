/** The control desk of a running sandbox: JSON over HTTP on loopback, for tests and people in another process. */
import fastify, { type FastifyInstance } from "fastify";
import type { SandboxBankBrain } from "./bank-brain.ts";
import { BANK_EFFECTS, type BankRule } from "./bank-rule.ts";
import type { SandboxClock } from "./sandbox-clock.ts";

export interface ControlServerOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly bank: SandboxBankBrain;
  readonly clock: SandboxClock;
}

export interface ControlServer {
  readonly url: string;
  stop(): Promise<void>;
}

class ControlFault extends Error {}

export async function startControlServer({ port = 0, bank, clock }: ControlServerOptions): Promise<ControlServer> {
  const server = fastify({ forceCloseConnections: true });
  // The desk has no key. A web page that reaches loopback by a name of its own is turned away here.
  server.addHook("onRequest", async (request, reply) => {
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
      await reply.code(403).send({ code: "FORBIDDEN", message: "the sandbox is spoken to as 127.0.0.1 or localhost" });
    }
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const isInput = error instanceof ControlFault || error instanceof RangeError;
    return reply.code(isInput ? 400 : (error.statusCode ?? 500)).send({ code: "INVALID", message: error.message });
  });
  // bigint is text on the wire, as all amounts of the sandbox are.
  server.setReplySerializer((payload) =>
    JSON.stringify(payload, (_name, value) => (typeof value === "bigint" ? String(value) : value)),
  );
  addWitness(server, bank);
  addOrders(server, bank);
  server.get("/clock", () => ({ now: clock.now().toISOString() }));
  server.put("/clock", (request) => {
    clock.set(momentOf(fieldsOf(request.body).now));
    return { now: clock.now().toISOString() };
  });
  const url = await server.listen({ host: "127.0.0.1", port });
  return { url, stop: () => server.close() };
}

function addWitness(server: FastifyInstance, bank: SandboxBankBrain): void {
  server.get("/bank/paid", () => ({ paid: bank.paid() }));
  server.get("/bank/pending", () => ({ pending: bank.pending() }));
  server.get("/bank/received", () => ({ received: bank.received() }));
  server.get("/bank/double-paid", () => ({ doublePaid: bank.doublePaid() }));
  server.get("/bank/sent", () => ({ sent: bank.sent() }));
  server.get("/bank/behaviour", () => ({ rules: bank.behaviour() }));
  server.get<{ Params: { iban: string } }>("/bank/balance/:iban", ({ params }) => ({
    iban: params.iban,
    balanceMinor: bank.balance(params.iban),
  }));
}

function addOrders(server: FastifyInstance, bank: SandboxBankBrain): void {
  server.post("/bank/process", () => ({ taken: bank.processInbox() }));
  server.post("/bank/end-of-day", (request) => bank.endOfDay(text(fieldsOf(request.body), "date")));
  server.post("/bank/send-again", (request) => ({ name: bank.sendAgain(text(fieldsOf(request.body), "name")) }));
  server.post("/bank/payin", (request, reply) => {
    bank.payIn(payInOf(fieldsOf(request.body)));
    return reply.code(201).send({ ok: true });
  });
  server.post("/bank/behaviour", (request) => {
    const { add, set } = fieldsOf(request.body);
    if (add === undefined && set === undefined) throw new ControlFault("expected { add: [rule] } or { set: [rule] }");
    if (set !== undefined) bank.setBehaviour(rulesOf(set));
    if (add !== undefined) bank.addBehaviour(...rulesOf(add));
    return { rules: bank.behaviour() };
  });
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(body: unknown): Fields {
  if (typeof body !== "object" || body === null) throw new ControlFault("expected a JSON object");
  return body as Fields;
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value === "") throw new ControlFault(`${name}: expected a text`);
  return value;
}

function cents(fields: Fields, name: string): bigint {
  const value = fields[name];
  if (typeof value !== "string" || !/^\d{1,18}$/.test(value)) {
    throw new ControlFault(`${name}: expected cents as a text of digits`);
  }
  return BigInt(value);
}

function payInOf(fields: Fields): Parameters<SandboxBankBrain["payIn"]>[0] {
  const optional = (name: string) => (fields[name] === undefined ? {} : { [name]: text(fields, name) });
  const { direction = "CRDT" } = fields;
  if (direction !== "CRDT" && direction !== "DBIT") throw new ControlFault("direction: expected CRDT or DBIT");
  return {
    iban: text(fields, "iban"),
    amountMinor: cents(fields, "amount"),
    reference: text(fields, "reference"),
    direction,
    ...(fields.charges === undefined ? {} : { chargesMinor: cents(fields, "charges") }),
    ...optional("partyName"),
    ...optional("text"),
    ...optional("on"),
  };
}

function rulesOf(value: unknown): BankRule[] {
  const isRule = (rule: unknown): rule is BankRule => {
    const { when, do: effect } = (rule ?? {}) as { when?: unknown; do?: { kind?: unknown } };
    return typeof when === "object" && when !== null && BANK_EFFECTS.includes(String(effect?.kind));
  };
  if (!Array.isArray(value) || !value.every(isRule)) {
    throw new ControlFault(`expected a list of { when, do: { kind: ${BANK_EFFECTS.join(" | ")} } }`);
  }
  return value;
}

function momentOf(value: unknown): Date | undefined {
  if (value === null || value === undefined) return undefined;
  const moment = new Date(String(value));
  if (Number.isNaN(moment.getTime())) throw new ControlFault("now: expected a time such as 2026-11-20T02:30:00Z");
  return moment;
}
