/**
 * How a message is read is data: a record map lists, for one repeating part of a message, the paths of the values it
 * takes and of the parts within it. Compiled once into a tree that the reader walks while tags come in.
 */
import type { Finding } from "../../domain/finding.ts";
import type { BankFileHandlers } from "./handlers.ts";
import type { NameTable } from "./name-table.ts";

/** What a row may ask while a value is set. */
export interface FieldContext {
  /** The `Ccy` attribute of the element that ends. */
  currency(): string | undefined;
  /** A finding at the element that ends. */
  report(code: ContentFindingCode, found: string): void;
  /** What was found strange within the part that ends, the parts in it included. */
  findings(): readonly Finding[];
  /** Who wants finished parts handed over instead of kept. */
  readonly handlers: BankFileHandlers;
}

export type SetValue<D> = (draft: D, text: string, field: FieldContext) => void;
export type TakeRecord<D, C> = (draft: D, child: C, field: FieldContext) => void;

/** One value: the paths it may stand at (one per version that moved it), and where it goes. */
export interface ValueRow<D> {
  readonly kind: "value";
  readonly paths: readonly string[];
  readonly repeats: boolean;
  readonly set: SetValue<D>;
}

/** One part that is a record of its own. */
export interface RecordRow<D> {
  readonly kind: "record";
  readonly paths: readonly string[];
  readonly map: RecordMap<unknown>;
  readonly take: TakeRecord<D, unknown>;
}

export interface RecordMap<D> {
  readonly create: () => D;
  readonly rows: readonly (ValueRow<D> | RecordRow<D>)[];
}

/** Everything that a reader finds strange in a message it can read, and what would have been right. */
export const CONTENT_FINDINGS = {
  NAMESPACE_MISSING: "the namespace of an ISO 20022 message",
  NAMESPACE_UNKNOWN: "the namespace of an ISO 20022 message",
  NAMESPACE_MISMATCH: "a namespace and a message element of the same message",
  VERSION_UNKNOWN: "a version this reader has been shown",
  ELEMENT_UNEXPECTED: "text only",
  TEXT_UNEXPECTED: "elements only",
  VALUE_REPEATED: "one value",
  VALUE_MISSING: "a value",
  AMOUNT_INVALID: "a decimal number such as 12.34",
  CURRENCY_MISSING: "a Ccy attribute such as EUR",
  DIRECTION_INVALID: "CRDT or DBIT",
  BOOLEAN_INVALID: "true, false, 1 or 0",
  COUNT_INVALID: "a whole number",
  FINDINGS_CUT: "fewer findings",
} as const satisfies Record<string, string>;

export type ContentFindingCode = keyof typeof CONTENT_FINDINGS;

type Paths = string | readonly string[];

function listed(paths: Paths): readonly string[] {
  return typeof paths === "string" ? [paths] : paths;
}

/** A value that stands at most once in its record. */
export function value<D>(paths: Paths, set: SetValue<D>): ValueRow<D> {
  return { kind: "value", paths: listed(paths), repeats: false, set };
}

/** A value that may stand several times. */
export function values<D>(paths: Paths, set: SetValue<D>): ValueRow<D> {
  return { kind: "value", paths: listed(paths), repeats: true, set };
}

/** A part with a map of its own; `take` gets it when it ends. */
export function part<D, C>(paths: Paths, map: RecordMap<C>, take: TakeRecord<D, C>): RecordRow<D> {
  // What `map.create` makes is what `take` gets: the pair is checked here, the tree in between does not need the type.
  return {
    kind: "record",
    paths: listed(paths),
    map: map as RecordMap<unknown>,
    take: take as TakeRecord<D, unknown>,
  };
}

/** A place in a message. */
export interface PathNode {
  readonly id: number;
  /** By the id of the local name; a missing one is skipped with all that is in it. */
  readonly children: (PathNode | undefined)[];
  /** Rows that share a value share its `row`, so that a value given in two ways is noticed. */
  row: number;
  value: ValueRow<unknown> | undefined;
  record: RecordRow<unknown> | undefined;
  hasChildren: boolean;
}

/** The names and places that all maps of a message share. */
export interface CompiledMap {
  readonly names: NameTable;
  readonly root: PathNode;
  readonly create: () => unknown;
  readonly nodeCount: number;
  readonly rowCount: number;
}

export function compileMap(map: RecordMap<unknown>, names: NameTable): CompiledMap {
  const compiler = new MapCompiler(names);
  const root = compiler.node();
  compiler.fill(root, map);
  return { names, root, create: map.create, nodeCount: compiler.nodes, rowCount: compiler.rows };
}

class MapCompiler {
  nodes = 0;
  rows = 0;
  readonly #names: NameTable;

  constructor(names: NameTable) {
    this.#names = names;
  }

  node(): PathNode {
    const node = { id: this.nodes++, children: [], row: -1, value: undefined, record: undefined, hasChildren: false };
    return node;
  }

  fill(root: PathNode, map: RecordMap<unknown>): void {
    for (const row of map.rows) {
      const id = this.rows++;
      for (const path of row.paths) {
        const node = this.#place(root, path);
        node.row = id;
        if (row.kind === "value") node.value = row;
        else {
          node.record = row;
          this.fill(node, row.map);
        }
      }
    }
  }

  #place(root: PathNode, path: string): PathNode {
    let node = root;
    for (const name of path.split("/")) {
      const id = this.#names.idOf(name);
      const next: PathNode = node.children[id] ?? this.node();
      node.children[id] = next;
      node.hasChildren = true;
      node = next;
    }
    return node;
  }
}
