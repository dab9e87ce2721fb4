/** Numbers by day, so that a list of some days costs no more than what is on them. */
export class DayIndex {
  readonly #days = new Map<string, number[]>();

  /** The same number may be there several times. */
  add(day: string, number: number): void {
    const known = this.#days.get(day);
    if (known) known.push(number);
    else this.#days.set(day, [number]);
  }

  addOnce(day: string, number: number): void {
    if (!this.#days.get(day)?.includes(number)) this.add(day, number);
  }

  /** @param from Both `YYYY-MM-DD`, included. */
  between(from: string, to: string): [day: string, numbers: readonly number[]][] {
    return [...this.#days]
      .filter(([day]) => from <= day && day <= to)
      .sort(([one], [other]) => (one < other ? -1 : 1));
  }
}
