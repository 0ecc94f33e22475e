/** The sandbox payment gateway: an HTTP server on loopback that authorises, captures, cancels and refunds. */
import { createHash, timingSafeEqual } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import {
  type BookedAuthorisation,
  type BookedOperation,
  type FollowUpKind,
  GatewayBook,
  type Outcome,
} from "./gateway-book.ts";
import {
  type RegisteredAuthorisation,
  RequestFault,
  readAuthorisation,
  readOperation,
  readRegistered,
  readRules,
} from "./gateway-requests.ts";
import { GatewayBehaviour, type GatewayEffect, type GatewayFacts, type GatewayRule } from "./gateway-rule.ts";

export interface SandboxGatewayOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly clock: () => Date;
  readonly apiKey: string;
  /** Absent: the books are lost with the process. */
  readonly stateFile?: string;
  readonly behaviour?: readonly GatewayRule[];
  /** Days after the authorisation while a capture is guaranteed; 7 unless told. */
  readonly honourDays?: number;
  /** Days after which a capture is refused; 13 unless told. */
  readonly expiryDays?: number;
}

/** One capture the gateway performed. Amounts are minor units. */
export interface PerformedCapture {
  readonly authorisationId: string;
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly sellerRef?: string;
  readonly feeMinor?: bigint;
  readonly capturedAt: string;
}

export interface SandboxGateway {
  readonly url: string;
  readonly apiKey: string;
  /** Every capture performed, in order. */
  captures(): PerformedCapture[];
  /** Captures of one authorisation with the same seller and amount under different references: suspects. */
  doubleCaptures(): PerformedCapture[][];
  refunds(): readonly BookedOperation[];
  register(...authorisations: readonly RegisteredAuthorisation[]): BookedAuthorisation[];
  setBehaviour(rules: readonly GatewayRule[]): void;
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;
const PATHS = { capture: "captures", cancellation: "cancellations", refund: "refunds" } as const;
const MANY_BODY_LIMIT = 64 * 1024 * 1024;

export async function startSandboxGateway(options: SandboxGatewayOptions): Promise<SandboxGateway> {
  const desk = new GatewayDesk(options);
  // Requests that are never answered hold their connections open: they are cut at the end.
  const server = fastify({ forceCloseConnections: true, bodyLimit: MANY_BODY_LIMIT });
  server.addHook("onRequest", async (request, reply) => {
    if (!isKey(request.headers.authorization, options.apiKey)) {
      await reply.code(401).send({ code: "UNAUTHENTICATED", message: "expected authorization: Bearer and the key" });
    }
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof RequestFault) return reply.code(400).send({ code: "INVALID", faults: error.faults });
    return reply.code(error.statusCode ?? 500).send({ code: "ERROR", message: error.message });
  });
  addRoutes(server, desk);
  const url = await server.listen({ host: "127.0.0.1", port: options.port ?? 0 });
  return {
    url,
    apiKey: options.apiKey,
    captures: () => desk.captures(),
    doubleCaptures: () => desk.doubleCaptures(),
    refunds: () => desk.book.succeeded("refund"),
    register: (...authorisations) => authorisations.map((one) => desk.register(one)),
    setBehaviour: (rules) => desk.behaviour.replace(rules),
    stop: () => server.close(),
  };
}

function addRoutes(server: FastifyInstance, desk: GatewayDesk): void {
  server.post("/authorisations", (request, reply) => desk.authorise(request.body, reply));
  server.post("/authorisations/register", (request, reply) =>
    reply.code(201).send(desk.register(readRegistered(request.body))),
  );
  server.post("/authorisations/register-many", (request, reply) => {
    const list = (request.body as { authorisations?: unknown } | null)?.authorisations;
    if (!Array.isArray(list)) throw new RequestFault(["authorisations: expected a list"]);
    const orders = list.map(readRegistered);
    return reply.code(201).send({ authorisations: orders.map((order) => desk.register(order)) });
  });
  for (const kind of ["capture", "cancellation", "refund"] as const) {
    server.post<{ Params: { id: string } }>(`/authorisations/:id/${PATHS[kind]}`, (request, reply) =>
      desk.operate(kind, request.params.id, request.body, reply),
    );
  }
  server.get<{ Params: { id: string } }>("/authorisations/:id", (request, reply) => {
    const found = desk.book.authorisation(request.params.id);
    return found === undefined ? reply.code(404).send(UNKNOWN) : reply.send(found);
  });
  server.get<{ Params: { reference: string } }>("/operations/:reference", (request, reply) => {
    const found = desk.book.byReference(request.params.reference);
    return found === undefined ? reply.code(404).send(UNKNOWN) : reply.send(found);
  });
  server.get("/behaviour", (_request, reply) => reply.send({ rules: desk.behaviour.rules() }));
  server.put("/behaviour", (request, reply) => {
    desk.behaviour.replace(readRules(request.body));
    return reply.code(204).send();
  });
  server.get("/captures", (_request, reply) => reply.send({ captures: desk.book.succeeded("capture") }));
}

const UNKNOWN = { code: "NOT_FOUND", message: "no such authorisation or reference" };

/** Performs requests on the books, with the behaviour that was asked for. */
class GatewayDesk {
  readonly book: GatewayBook;
  readonly behaviour = new GatewayBehaviour();
  readonly #options: SandboxGatewayOptions;

  constructor(options: SandboxGatewayOptions) {
    this.#options = options;
    this.book = new GatewayBook(options.stateFile);
    this.behaviour.replace(options.behaviour ?? []);
  }

  async authorise(body: unknown, reply: FastifyReply): Promise<FastifyReply> {
    const order = readAuthorisation(body);
    const { reference, orderRef, token } = order;
    const facts = { kind: "authorisation", reference, orderRef, token, amount: String(order.amount) } as const;
    return this.#perform(reference, facts, reply, (declinedFor) =>
      this.book.authorise(order, this.#times({}), declinedFor),
    );
  }

  async operate(kind: FollowUpKind, id: string, body: unknown, reply: FastifyReply): Promise<FastifyReply> {
    const order = readOperation(kind, body);
    const { reference, sellerRef, amount } = order;
    const { orderRef, token } = this.book.authorisation(id) ?? {};
    const facts = { kind, reference, authorisationId: id, orderRef, token, sellerRef, amount: String(amount) };
    return this.#perform(reference, facts, reply, (declinedFor) =>
      this.book.operate(id, order, this.#options.clock(), declinedFor),
    );
  }

  register(order: RegisteredAuthorisation): BookedAuthorisation {
    const outcome = this.book.authorise(order, this.#times(order), undefined, order.authorisationId);
    if (outcome.kind !== "done") throw new RequestFault([`reference ${order.reference} is taken by another content`]);
    return outcome.value;
  }

  captures(): PerformedCapture[] {
    return this.book
      .succeeded("capture")
      .map(({ authorisationId, reference, amount, currency, sellerRef, fee, at }) => ({
        authorisationId,
        reference,
        amountMinor: BigInt(amount),
        currency,
        ...(sellerRef === undefined ? {} : { sellerRef }),
        ...(fee === undefined ? {} : { feeMinor: BigInt(fee) }),
        capturedAt: at,
      }));
  }

  doubleCaptures(): PerformedCapture[][] {
    const alike = new Map<string, PerformedCapture[]>();
    for (const capture of this.captures()) {
      const key = JSON.stringify([capture.authorisationId, capture.sellerRef ?? null, String(capture.amountMinor)]);
      const same = alike.get(key);
      if (same === undefined) alike.set(key, [capture]);
      else same.push(capture);
    }
    return [...alike.values()].filter((same) => same.length > 1);
  }

  #times(given: Pick<RegisteredAuthorisation, "authorisedAt" | "honourUntil" | "expiresAt">) {
    const { honourDays = 7, expiryDays = 13, clock } = this.#options;
    const at = given.authorisedAt ?? clock();
    return {
      at,
      honourUntil: given.honourUntil ?? new Date(at.getTime() + honourDays * DAY_MS),
      expiresAt: given.expiresAt ?? new Date(at.getTime() + expiryDays * DAY_MS),
    };
  }

  /** A known reference is answered from the books: a repeat tells the truth, whatever went wrong the first time. */
  async #perform(
    reference: string,
    facts: GatewayFacts,
    reply: FastifyReply,
    book: (declinedFor?: string) => Outcome<BookedAuthorisation | BookedOperation>,
  ): Promise<FastifyReply> {
    const effect = this.book.knows(reference) ? undefined : this.behaviour.take(facts);
    const isPerformed = effect === undefined || !("performed" in effect) || effect.performed;
    const outcome = isPerformed ? book(effect?.kind === "decline" ? effect.code : undefined) : undefined;
    return answer(reply, outcome, effect);
  }
}

async function answer(
  reply: FastifyReply,
  outcome: Outcome<BookedAuthorisation | BookedOperation> | undefined,
  effect: GatewayEffect | undefined,
): Promise<FastifyReply> {
  if (effect?.kind === "no-answer" || effect?.kind === "cut") {
    reply.hijack();
    if (effect.kind === "cut") reply.raw.destroy();
    return reply;
  }
  if (effect?.kind === "late") await wait(effect.delayMs, undefined, { ref: false });
  if (effect?.kind === "error" || outcome === undefined) {
    return reply.code(500).send({ code: "ERROR", message: "the sandbox was told to fail" });
  }
  if (outcome.kind === "unknown") return reply.code(404).send(UNKNOWN);
  if (outcome.kind === "differs") {
    return reply.code(409).send({ code: "REFERENCE_DIFFERS", message: "the reference is known with other content" });
  }
  if (outcome.repeated) reply.header("idempotent-replay", "true");
  // An authorisation the issuer refused is a good answer; an operation the rules refuse is not.
  const isRefusedOperation = outcome.value.status === "REFUSED" && "kind" in outcome.value;
  return reply.code(isRefusedOperation ? 422 : outcome.repeated ? 200 : 201).send(outcome.value);
}

function isKey(header: string | undefined, apiKey: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${apiKey}`));
}
