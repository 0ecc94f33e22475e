/** Which copies of one file the sandbox bank hands out: the right one, a held back one, a double, a spoilt one. */
import type { AnswerEffect, StatementEffect } from "./bank-rule.ts";
import type { OutgoingFile } from "./bank-state.ts";
import { spoil } from "./spoil.ts";

/** `name` ends in `.xml`. The right content always appears once under `name`, though perhaps not delivered. */
export function outgoingCopies(
  name: string,
  content: string,
  effects: readonly (AnswerEffect | StatementEffect)[],
): OutgoingFile[] {
  let deliver = true;
  const extra: OutgoingFile[] = [];
  for (const effect of effects) {
    if (effect.kind === "silent" || effect.kind === "no-statement") deliver = false;
    if (effect.kind === "duplicate-answer" || effect.kind === "duplicate-statement") {
      extra.push({ name: suffixed(name, "double"), content, deliver: true });
    }
    if (effect.kind === "rubbish-answer" || effect.kind === "rubbish-statement") {
      if (effect.thenRight !== true) deliver = false;
      extra.push({ name: suffixed(name, effect.how), content: spoil(content, effect.how), deliver: true });
    }
  }
  return [{ name, content, deliver }, ...extra];
}

/** `pain002-1.xml` and `double` give `pain002-1-double.xml`. */
export function suffixed(name: string, suffix: string): string {
  return name.replace(/\.xml$/, `-${suffix}.xml`);
}
