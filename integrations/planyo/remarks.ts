/** Collects what was missing or odd about a notification, to be shown with the delivery. */
export class Remarks {
  readonly #notes: string[] = [];
  readonly #missing: string[] = [];
  readonly #unreadable: string[] = [];
  readonly #repeated: string[] = [];

  note(sentence: string): void {
    this.#notes.push(sentence);
  }

  /** Names of fields that should be there and have no value. */
  missing(...names: readonly string[]): void {
    this.#missing.push(...names);
  }

  /** A field that has a value which is not what it should be. The value itself is not repeated. */
  unreadable(name: string): void {
    this.#unreadable.push(name);
  }

  /** Names of fields that came with differing values, of which the first was taken. */
  repeated(...names: readonly string[]): void {
    this.#repeated.push(...names);
  }

  toString(): string | undefined {
    const parts = [
      ...this.#notes,
      say("incomplete:", this.#missing, "missing"),
      say("not understood:", this.#unreadable, ""),
      say("given more than once, first taken:", this.#repeated, ""),
    ];
    return parts.filter((part) => part !== undefined).join("; ") || undefined;
  }
}

function say(before: string, names: readonly string[], after: string): string | undefined {
  if (names.length === 0) return undefined;
  return `${before} ${[...new Set(names)].join(", ")} ${after}`.trim();
}
