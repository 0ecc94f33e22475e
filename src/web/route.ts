/** What a route is: its place, who may call it, the shapes of what goes in and out, and the one use case it calls. */
import type { Readable } from "node:stream";
import { z } from "zod";
import type { ApiRole, Caller } from "../app/api-keys.ts";
import type { Context } from "../app/context.ts";
import { RemitError } from "../domain/errors.ts";
import type { Metrics } from "./metrics.ts";

/** A request before anything of it is checked, and what the server as a whole keeps. */
export interface RawCall {
  readonly context: Context;
  readonly metrics: Metrics;
  readonly caller: Caller | undefined;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: Readable | undefined;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** In fastify's form: `/v1/orders/:ref`. */
  readonly path: string;
  /** `public`, or the role that a key must have. */
  readonly role: ApiRole | "public";
  /** One sentence for the OpenAPI page. */
  readonly says: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  /** Media type of the body, where there is one. */
  readonly takes?: "application/x-ndjson";
  /** Shape of the answer, which is also all of it that leaves: what the shape does not name is left out. */
  readonly answer: z.ZodType;
  /** Media type of the answer; JSON unless said. */
  readonly gives?: string;
  readonly run: (call: RawCall) => Promise<unknown>;
}

type Place = Pick<Route, "method" | "path" | "says" | "takes" | "gives">;

interface Shapes<Params extends z.ZodType, Query extends z.ZodType, Answer extends z.ZodType> {
  readonly params?: Params;
  readonly query?: Query;
  readonly answer: Answer;
}

interface Call<Params extends z.ZodType, Query extends z.ZodType> extends RawCall {
  readonly params: z.output<Params>;
  readonly query: z.output<Query>;
}

const NOTHING = z.strictObject({});
type Nothing = typeof NOTHING;

/** A route that needs no key. */
export function publicRoute<Answer extends z.ZodType>(
  place: Place & { readonly answer: Answer; readonly handle: (call: RawCall) => Promise<z.input<Answer>> },
): Route {
  const { handle, ...rest } = place;
  const run = async (call: RawCall) => place.answer.parse(await handle(call));
  return { ...rest, role: "public", params: NOTHING, query: NOTHING, run };
}

/** A route for a marketplace's own systems: its handler is given who calls. */
export function keyedRoute<
  Answer extends z.ZodType,
  Params extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
>(
  place: Place &
    Shapes<Params, Query, Answer> & {
      readonly role: ApiRole;
      readonly handle: (call: Call<Params, Query> & { readonly caller: Caller }) => Promise<z.input<Answer>>;
    },
): Route {
  const { handle, ...rest } = place;
  const params = place.params ?? NOTHING;
  const query = place.query ?? NOTHING;
  const run = async (call: RawCall): Promise<unknown> => {
    const { caller } = call;
    // The hook before every route has refused it already; this is the second lock.
    if (caller === undefined) throw new RemitError("UNAUTHENTICATED");
    const checked = {
      ...call,
      caller,
      params: checkedAs(params, call.params, "path") as z.output<Params>,
      query: checkedAs(query, call.query, "query") as z.output<Query>,
    };
    return place.answer.parse(await handle(checked));
  };
  return { ...rest, params, query, run };
}

/** INPUT_INVALID with every problem and its place. */
function checkedAs(shape: z.ZodType, value: unknown, where: string): unknown {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RemitError("INPUT_INVALID", {
    findings: parsed.error.issues.map((issue) => ({
      code: "INPUT_INVALID",
      where: [where, ...issue.path].join("."),
      found: issue.code,
      expected: issue.message,
    })),
  });
}
