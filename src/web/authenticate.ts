/** Lets a request in or not, before its body is read: default deny. */
import type { FastifyRequest } from "fastify";
import { API_ROLES, type ApiRole, type Caller, callerOf } from "../app/api-keys.ts";
import type { Context } from "../app/context.ts";
import { RemitError } from "../domain/errors.ts";

/**
 * Who calls; undefined on a public route. UNAUTHENTICATED without a key that is in use, FORBIDDEN when its role does not
 * reach. A route whose role is not known is not public: it is refused.
 */
export async function authenticate(
  context: Context,
  role: ApiRole | "public" | undefined,
  request: Pick<FastifyRequest, "headers">,
): Promise<Caller | undefined> {
  if (role === "public") return undefined;
  const [, key = ""] = /^Bearer ([!-~]{1,200})$/i.exec(request.headers.authorization ?? "") ?? [];
  const caller = await callerOf(context, key);
  if (caller === undefined) {
    throw new RemitError("UNAUTHENTICATED", {
      where: "header authorization",
      found: "no key that is in use",
      expected: "Bearer and an API key",
    });
  }
  const allowed: readonly string[] = API_ROLES[caller.role];
  if (role === undefined || !allowed.includes(role)) {
    throw new RemitError("FORBIDDEN", {
      where: "api key",
      found: caller.role,
      expected: role ?? "a route with a role",
    });
  }
  return caller;
}
