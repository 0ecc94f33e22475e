/** Follows a document through its description and tells every element that is unknown, missing, misplaced or malformed. */
import type { Child, Described } from "./message-description.ts";

/** What the walk tells; `path` begins below the root: `CstmrCdtTrfInitn/PmtInf[1]/...`. */
export interface StructureEvents {
  fault(code: string, place: Place, found: string, expected: string): void;
  /** An element of ISO 20022 that the EPC's subset has not. */
  outside(place: Place): void;
  /** An element with children ends; its path has no ordinals. */
  left(path: string, place: Place): void;
  /** A text element ends. */
  text(path: string, text: string, place: Place): void;
}

export interface Place {
  readonly line: number;
  /** With ordinals where an element repeats: `PmtInf[2]`. */
  readonly path: string;
}

interface Frame {
  readonly name: string;
  readonly element: Described;
  readonly path: string;
  readonly place: Place;
  /** How often each child has been seen, by its place in the description. */
  readonly counts: number[];
  position: number;
}

/** Elements whose place is told by ordinal. */
const COUNTED = new Set(["PmtInf", "CdtTrfTxInf"]);

export class StructureWalk {
  readonly #root: Described;
  readonly #events: StructureEvents;
  readonly #frames: Frame[] = [];
  /** Depth of open elements inside one that is not looked into. */
  #skipped = 0;

  constructor(root: Described, events: StructureEvents) {
    this.#root = root;
    this.#events = events;
  }

  /** A start tag. True when the text of the element is wanted. */
  open(name: string, line: number): boolean {
    if (this.#skipped > 0) {
      this.#skipped += 1;
      return false;
    }
    const parent = this.#frames.at(-1);
    if (parent === undefined) {
      this.#push(name, this.#root, "", { line, path: name });
      return false;
    }
    const index = parent.element.children?.findIndex((child) => child.name === name) ?? -1;
    const child = parent.element.children?.[index];
    const place = { line, path: placePath(parent, name, index) };
    if (child === undefined) {
      this.#unexpected(parent, name, place);
      return false;
    }
    this.#follow(parent, child, index, place);
    const path = parent.path === "" ? name : `${parent.path}/${name}`;
    if (child.element.children === undefined && child.element.text === undefined) {
      this.#events.outside(place);
      this.#skipped = 1;
      return false;
    }
    this.#push(name, child.element, path, place);
    return child.element.text !== undefined;
  }

  close(text: string): void {
    if (this.#skipped > 0) {
      this.#skipped -= 1;
      return;
    }
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    const { element, path, place } = frame;
    if (element.text !== undefined) {
      if (!element.text.form.test(text))
        this.#events.fault("VALUE_INVALID", place, shown(path, text), element.text.expected);
      this.#events.text(path, text, place);
      return;
    }
    this.#checkComplete(frame);
    this.#events.left(path, place);
  }

  strayText(line: number): void {
    const path = this.#frames.at(-1)?.place.path ?? "";
    if (this.#skipped === 0) this.#events.fault("TEXT_UNEXPECTED", { line, path }, "text", "elements only");
  }

  #push(name: string, element: Described, path: string, place: Place): void {
    const counts = new Array<number>(element.children?.length ?? 0).fill(0);
    this.#frames.push({ name, element, path, place, counts, position: 0 });
  }

  #unexpected(parent: Frame, name: string, place: Place): void {
    const names = parent.element.children?.map((child) => child.name).join(" ") ?? "no elements";
    this.#events.fault("ELEMENT_UNKNOWN", place, name, `in ${parent.name}: ${names}`);
    this.#skipped = 1;
  }

  /** Order and number of occurrences. */
  #follow(parent: Frame, child: Child, index: number, place: Place): void {
    const count = (parent.counts[index] ?? 0) + 1;
    parent.counts[index] = count;
    if (parent.element.choice) {
      const chosen = parent.counts.reduce((sum, times) => sum + times, 0);
      if (chosen > 1) this.#events.fault("ELEMENT_REPEATED", place, child.name, `one element in ${parent.name}`);
      return;
    }
    if (count > child.maximum) {
      this.#events.fault("ELEMENT_REPEATED", place, `${count} times ${child.name}`, `at most ${child.maximum}`);
    } else if (index < parent.position) {
      const before = parent.element.children?.[parent.position]?.name ?? "";
      this.#events.fault("ELEMENT_ORDER", place, `${child.name} after ${before}`, `${child.name} before ${before}`);
    }
    parent.position = Math.max(parent.position, index);
  }

  #checkComplete({ element, counts, place, name }: Frame): void {
    if (element.choice) {
      if (counts.every((count) => count === 0)) {
        const names = element.children?.map((child) => child.name).join(" or ") ?? "";
        this.#events.fault("ELEMENT_MISSING", place, "nothing", `${names} in ${name}`);
      }
      return;
    }
    element.children?.forEach((child, index) => {
      if ((counts[index] ?? 0) < child.minimum) {
        this.#events.fault("ELEMENT_MISSING", place, "nothing", `${child.name} in ${name}`);
      }
    });
  }
}

function placePath(parent: Frame, name: string, index: number): string {
  const ordinal = COUNTED.has(name) ? `[${(parent.counts[index] ?? 0) + 1}]` : "";
  return `${parent.place.path}/${name}${ordinal}`;
}

/** Account numbers stay out of findings. */
function shown(path: string, text: string): string {
  return path.endsWith("IBAN") ? `an account number of ${text.length} characters` : JSON.stringify(text.slice(0, 60));
}
