/** Leaves out what a record leaves out, so that absent fields have their default. */

/** The same object without the fields that are undefined. */
export function present<Value extends object>(value: Value): Present<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Present<Value>;
}

export type Present<Value> = { readonly [Key in keyof Value]?: Exclude<Value[Key], undefined> };
