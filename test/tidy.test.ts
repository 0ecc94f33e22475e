/** The rules of the house, checked: which layer may import which, what is never called or named, and how large things get. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Which folders of the source each folder may import besides itself: arrows point down only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  bankfiles: ["domain"],
  recon: ["domain"],
  store: ["domain"],
  exchange: ["domain"],
  notify: ["domain"],
  gateways: ["domain"],
  app: ["domain", "bankfiles", "recon", "store", "exchange", "notify", "gateways", "config", "package-file"],
  sandbox: [],
  web: ["app", "domain", "store", "config", "package-file"],
  cli: ["app", "domain", "store", "sandbox", "web", "jobs", "config", "context", "clock", "log", "package-file"],
  jobs: ["app", "domain", "store", "config", "context", "log"],
};

/** The composition root wires everything: it may import everything. */
const ROOTS = new Set(["config", "context", "log", "scrub", "clock", "banks", "package-file", "demo"]);

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly layer: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function layerOf(path: string): string {
  const [top = "", second = ""] = path.split("/");
  return top === "src" ? basename(second, ".ts") : top;
}

const SOURCES: readonly SourceFile[] = [...filesBelow("src"), ...filesBelow("jobs")].map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), "utf8"),
  layer: layerOf(path),
}));
const TESTS = filesBelow("test").map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));

function importsOf({ path, text }: SourceFile): string[] {
  const targets = [...text.matchAll(/^(?:import|export)\s[^;]*?from "(\.[^"]+)"|import\("(\.[^"]+)"\)/gms)];
  return targets.map((match) => relative(ROOT, resolve(ROOT, dirname(path), match[1] ?? match[2] ?? "")));
}

/** Lines of every function declared in a file, by its first line; a declaration ends at the brace in its own column. */
function functionLengths(text: string): { name: string; lines: number }[] {
  const lines = text.split("\n");
  return lines.flatMap((line, start) => {
    const found =
      /^(\s*)(?:export )?(?:async )?function\*? (\w+)|^(\s*)(?:private |override |static )?(?:async )?(\w+)\([^)]*\)[^;=]*\{$/.exec(
        line,
      );
    if (found === null || /^\s*(?:if|for|while|switch|catch|return|await)\b/.test(line)) return [];
    const indent = found[1] ?? found[3] ?? "";
    const end = lines.findIndex((other, index) => index > start && other === `${indent}}`);
    return end === -1 ? [] : [{ name: found[2] ?? found[4] ?? "", lines: end - start + 1 }];
  });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}

describe("the layers", () => {
  it("know every folder of the source", () => {
    const known = new Set([...Object.keys(MAY_IMPORT), ...ROOTS]);
    expect([...new Set(SOURCES.map(({ layer }) => layer))].filter((layer) => !known.has(layer))).toEqual([]);
  });

  it("import downwards only", () => {
    const wrong = SOURCES.filter(({ layer }) => !ROOTS.has(layer)).flatMap((file) =>
      importsOf(file)
        .filter((target) => layerOf(target) !== file.layer && !MAY_IMPORT[file.layer]?.includes(layerOf(target)))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("keep the pure ones without clock, chance, input or output", () => {
    const impure =
      /\bDate\.now\(|new Date\(\)|Math\.random\(|process\.|from "node:(?!crypto"|buffer")|setTimeout|fetch\(/;
    const wrong = SOURCES.filter(({ layer }) => ["domain", "bankfiles", "recon"].includes(layer))
      .filter(({ text }) => impure.test(withoutComments(text)))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  it("read the environment in one file", () => {
    const wrong = SOURCES.filter(({ path, text }) => path !== "src/config.ts" && text.includes("process.env"));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe("the source", () => {
  it("has no file over 400 lines and no function over 60", () => {
    const long = SOURCES.flatMap(({ path, text }) => [
      ...(text.split("\n").length > 400 ? [`${path}: ${text.split("\n").length} lines`] : []),
      ...functionLengths(text)
        .filter(({ lines }) => lines > 60)
        .map(({ name, lines }) => `${path}: ${name} has ${lines} lines`),
    ]);
    expect(long).toEqual([]);
  });

  it("has no file named after nothing", () => {
    const names = SOURCES.map(({ path }) => path).filter((path) =>
      /(?:^|\/)(?:utils?|helpers?|common|types?|lib|misc|manager)(?:\.ts|\/)/.test(path),
    );
    expect(names).toEqual([]);
  });

  it("opens every file with a sentence that says what lives there", () => {
    const silent = SOURCES.filter(({ text }) => !/^(?:#!.*\n)?\/\*\*[\s\S]*?\*\//.test(text)).map(({ path }) => path);
    expect(silent).toEqual([]);
  });

  it("leaves nothing for later and silences no checker", () => {
    const smell = /\/[/*].*\b(?:TODO|FIXME|XXX)\b|\bas any\b|@ts-(?:ignore|nocheck)|\.(?:only|skip|todo)\(/;
    const wrong = [...SOURCES, ...TESTS]
      .filter(({ path, text }) => path !== "test/tidy.test.ts" && smell.test(text))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  it("never makes money of floating point numbers", () => {
    const wrong = SOURCES.filter(({ text }) => /parseFloat\(|toFixed\(2\)|Number\([^)]*\) \* 100\b/.test(text));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it("uses the queue's job schedulers, never its removed `repeat` option, and never overwrites by posix-rename", () => {
    const wrong = SOURCES.filter(({ text }) =>
      /\.add(?:Bulk)?\([^;]*\brepeat\b|posixRename|ext_openssh_rename/.test(text),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe("the lockfile", () => {
  interface Locked {
    readonly resolved?: string;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, Locked>>;
  };

  it("names no registry", () => {
    expect(Object.values(packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
  });

  it("holds the parts for other platforms too, without which `npm ci` refuses it", () => {
    const known = new Set(Object.keys(packages).map((path) => path.split("node_modules/").at(-1)));
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(wanted.filter((name) => !known.has(name))).toEqual([]);
  });
});
