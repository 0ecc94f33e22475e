/** What can be checked of the container files without an engine: that every path, command and setting in them is real. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROUTES } from "../src/web/routes.ts";

const ROOT = join(import.meta.dirname, "..");
const dockerfile = readFileSync(join(ROOT, "Dockerfile"), "utf8");
const packageJson = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { bin: Record<string, string> };

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly deploy?: { readonly replicas?: number };
  readonly stop_grace_period?: string;
}
const compose = parse(readFileSync(join(ROOT, "compose.yaml"), "utf8"), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
  volumes: Readonly<Record<string, unknown>>;
};

describe("the Dockerfile", () => {
  it("copies only what is there", () => {
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = ""]) => list.split(" "));
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
  });

  it("runs the program that the package names, not as root, from a second stage", () => {
    expect(dockerfile).toContain(`ENTRYPOINT ["node", "${packageJson.bin.remit?.replace("./", "")}"]`);
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  it("asks for its health where the web edge answers without a key", () => {
    const [, path] = /127\.0\.0\.1:8080(\/\w+)/.exec(dockerfile) ?? [];
    expect(ROUTES.find((route) => route.path === path && route.method === "GET")).toMatchObject({ role: "public" });
  });
});

describe("the compose file", () => {
  const { services } = compose;

  it("brings up PostgreSQL, Redis, the web edge, two workers and the scheduler, after the migrations", () => {
    expect(Object.keys(services).sort()).toEqual(["migrate", "postgres", "redis", "scheduler", "web", "worker"]);
    expect(services.worker?.deploy?.replicas).toBe(2);
    for (const name of ["web", "worker", "scheduler"]) expect(services[name]?.depends_on).toHaveProperty("migrate");
    expect(services.migrate?.depends_on).toHaveProperty("postgres");
  });

  it("keeps Redis from dropping or forgetting work, as the start-up check demands", () => {
    expect(services.redis?.command?.join(" ")).toBe("redis-server --appendonly yes --maxmemory-policy noeviction");
  });

  it("starts the processes that the Procfile names, with the same words", () => {
    const lines = readFileSync(join(ROOT, "Procfile"), "utf8").trim().split("\n");
    const words = new Map(lines.map((line) => [line.split(":")[0], line.split("main.js ")[1]]));
    expect(services.web?.command?.join(" ")).toBe(words.get("web"));
    expect(services.worker?.command?.join(" ")).toBe(words.get("worker"));
    expect(services.scheduler?.command?.join(" ")).toBe(words.get("scheduler"));
    expect(services.migrate?.command?.join(" ")).toBe(words.get("release"));
  });

  it("holds no secret, and gives a stopping worker longer than it needs to drain", () => {
    expect(services.postgres?.environment?.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
    expect(services.worker?.stop_grace_period).toBe("30s");
  });
});
