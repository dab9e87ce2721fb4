/** The values of one name: several when it was repeated or a list, null when the body says null. */
export type FieldValues = readonly string[] | null;

/**
 * What a notification says, the same for form and JSON bodies: every value is text, as it came.
 * Names are looked up in a Map, so `__proto__` and `constructor` are names like any other.
 */
export class Fields {
  readonly names: readonly string[];
  /** Names that were given more than once with differing values. */
  readonly conflicts: readonly string[];
  readonly #values: ReadonlyMap<string, FieldValues>;

  constructor(values: ReadonlyMap<string, FieldValues>, conflicts: readonly string[]) {
    this.names = [...values.keys()];
    this.conflicts = conflicts;
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The first value without outer blanks; undefined when there is none or it is empty. */
  text(name: string): string | undefined {
    return this.shown(name)?.trim();
  }

  /** The first value as it came, null when the name is there without a value, else undefined. */
  shown(name: string): string | null | undefined {
    if (!this.has(name)) return undefined;
    const first = this.#values.get(name)?.[0] ?? "";
    return first.trim() === "" ? null : first;
  }

  /** Every value in one text, empty when there is none. */
  joined(name: string): string {
    return (this.#values.get(name) ?? []).join(", ");
  }

  /** The entries of a comma-separated text, of a list, or of a repeated name. */
  list(name: string): string[] {
    const entries = (this.#values.get(name) ?? []).flatMap((value) => value.split(","));
    return entries.map((entry) => entry.trim()).filter((entry) => entry !== "");
  }

  /** Everything, for people and for handlers that look for a field we do not know. */
  toRecord(): Record<string, string | null | readonly string[]> {
    const plain = (values: FieldValues) => (values?.length === 1 ? (values[0] ?? "") : values);
    return Object.fromEntries([...this.#values].map(([name, values]) => [name, plain(values)]));
  }
}
