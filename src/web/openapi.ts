/** The OpenAPI description, made of the very schemas that the routes check with. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { packageFile } from "../package-file.ts";
import { Refusal } from "./answers.ts";
import type { Route } from "./route.ts";

const JSON_TYPE = "application/json";

export function openApi(routes: readonly Route[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Remit",
      version: versionOfPackage(),
      description: "Amounts are text of whole minor units beside their currency; instants are UTC, dates YYYY-MM-DD.",
    },
    paths,
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "an API key of the marketplace" } },
      schemas: { Refusal: schemaOf(Refusal, "output") },
    },
  };
}

function operationOf({ role, says, params, query, takes, gives, answer }: Route): Record<string, unknown> {
  const refusal = { content: { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Refusal" } } } };
  return {
    summary: says,
    ...(role === "public" ? { security: [] } : { security: [{ key: [] }], "x-remit-role": role }),
    parameters: [...parametersOf(params, "path"), ...parametersOf(query, "query")],
    ...(takes === undefined
      ? {}
      : { requestBody: { required: true, content: { [takes]: { schema: { type: "string" } } } } }),
    responses: {
      "200": { description: "done", content: { [gives ?? JSON_TYPE]: { schema: schemaOf(answer, "output") } } },
      default: { description: "refused, with every finding", ...refusal },
    },
  };
}

function parametersOf(shape: z.ZodType, place: "path" | "query"): readonly Record<string, unknown>[] {
  const { properties = {}, required = [] } = schemaOf(shape, "input");
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }));
}

function schemaOf(shape: z.ZodType, io: "input" | "output"): z.core.JSONSchema.BaseSchema {
  const { $schema, ...schema } = z.toJSONSchema(shape, { io });
  return schema;
}

function versionOfPackage(): string {
  const parsed = JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { readonly version: string };
  return parsed.version;
}
