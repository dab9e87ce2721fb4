const MAX_CACHED = 1_000;

/**
 * Keeps what is dear to make and cheap to use, such as `Intl` formatters, which cost a hundred
 * times what using them does. Keys come from outside (languages, zones), so it does not grow with
 * them for ever.
 */
export class FormatCache<T> {
  readonly #values = new Map<string, T>();

  get(key: string, make: () => T): T {
    let value = this.#values.get(key);
    if (value === undefined) {
      if (this.#values.size >= MAX_CACHED) this.#values.clear();
      this.#values.set(key, (value = make()));
    }
    return value;
  }
}
