/** The HTTP edge as a value, apart from listening: routes from the table, default deny, one form of refusal. */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
  type RouteOptions,
} from "fastify";
import { bodyTooLong, LONGEST_BODY_BYTES } from "../app/api/import-body.ts";
import type { ApiRole, Caller } from "../app/api-keys.ts";
import type { Context } from "../app/context.ts";
import { RemitError } from "../domain/errors.ts";
import { authenticate } from "./authenticate.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { refusalOf } from "./refusal.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call the route. A route without it cannot be registered. */
    readonly role?: ApiRole | "public";
  }
  interface FastifyRequest {
    caller: Caller | undefined;
  }
}

/** A whole import within it; headers must come sooner. */
const REQUEST_TIMEOUT_MS = 5 * 60_000;

export function buildApp(context: Context, routes: readonly Route[] = ROUTES): FastifyInstance {
  const app: FastifyInstance = fastify({
    loggerInstance: context.log as FastifyBaseLogger,
    // Fastify's own lines hold the URL as the caller wrote it; ours hold the route.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LONGEST_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply),
  });
  const metrics = createMetrics(context);
  readBodiesAsStreams(app, routes);
  app.decorateRequest("caller", undefined);
  app.addHook("onRoute", assertRole);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, "x-request-id": request.id });
    if (!request.is404) request.caller = await authenticate(context, request.routeOptions.config.role, request);
  });
  app.addHook("onResponse", async (request, reply) => answered(metrics, request, reply));
  app.setErrorHandler(refuse);
  app.setNotFoundHandler((request, reply) => refuse(new RemitError("NOT_FOUND", { where: "path" }), request, reply));
  for (const route of routes) addRoute(app, context, metrics, route);
  return app;
}

function addRoute(app: FastifyInstance, context: Context, metrics: Metrics, route: Route): void {
  app.route({
    method: route.method,
    url: route.path,
    config: { role: route.role },
    handler: async (request, reply) => {
      const body = route.takes === undefined ? undefined : (request.body as Readable | undefined);
      const { caller, params, query } = request;
      const answer = await route.run({ context, metrics, caller, params, query, body });
      reply.type(route.gives ?? "application/json; charset=utf-8");
      return answer;
    },
  });
}

/** Nobody can add a route and forget who may call it. */
function assertRole({ method, url, config }: RouteOptions): void {
  if (config?.role === undefined) throw new Error(`the route ${String(method)} ${url} does not say who may call it`);
}

/** Only the types that some route takes are read at all, and those as streams; one that announces too much is not begun. */
function readBodiesAsStreams(app: FastifyInstance, routes: readonly Route[]): void {
  app.removeAllContentTypeParsers();
  for (const type of new Set(routes.flatMap(({ takes }) => (takes === undefined ? [] : [takes])))) {
    app.addContentTypeParser(type, (request, payload, done) => {
      const announced = Number(request.headers["content-length"] ?? 0);
      if (announced > LONGEST_BODY_BYTES) done(bodyTooLong(`${announced} bytes`));
      else done(null, payload);
    });
  }
}

async function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { status, body, isOurs } = refusalOf(error);
  if (isOurs) request.log.error({ requestId: request.id, err: error }, "request failed");
  if (status === 401) reply.header("www-authenticate", "Bearer");
  // What was not read of a body would be taken for the next request.
  if (request.body !== undefined || status === 413) reply.header("connection", "close");
  await reply.status(status).headers(SECURITY_HEADERS).type("application/json; charset=utf-8").send(body);
}

function answered(metrics: Metrics, request: FastifyRequest, reply: FastifyReply): void {
  const path = request.routeOptions.url ?? "unknown";
  metrics.answered(request.method, path, reply.statusCode);
  request.log.info(
    {
      requestId: request.id,
      method: request.method,
      path,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      ...(request.caller === undefined ? {} : { keyId: request.caller.keyId, marketplace: request.caller.marketplace }),
    },
    "request",
  );
}
