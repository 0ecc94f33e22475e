import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { packageFile } from "../../src/package-file.ts";
import { ROUTES } from "../../src/web/routes.ts";

describe("the page about the API", () => {
  it("lists the very routes of the server, with their roles", () => {
    const text = readFileSync(packageFile("docs/api.md"), "utf8");
    const listed = [...text.matchAll(/^\| `((?:GET|POST) [^`]+)` \| (\w+) \|/gm)].map(
      ([, route, role]) => `${route} ${role}`,
    );
    expect(listed).toEqual(ROUTES.map(({ method, path, role }) => `${method} ${path} ${role}`));
  });
});
