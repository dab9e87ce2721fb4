import { Wake } from "./wake.ts";

/** Does something over and over, with a pause in between, from its beginning to its end. */
export class Rounds {
  readonly #round: () => Promise<void>;
  readonly #pauseMs: number;
  readonly #wake = new Wake();
  #isOn = true;
  #loop: Promise<void> = Promise.resolve();

  /** @param round Must not throw: there is nobody to tell. */
  constructor(round: () => Promise<void>, pauseMs: number) {
    this.#round = round;
    this.#pauseMs = pauseMs;
  }

  begin(): void {
    this.#isOn = true;
    this.#loop = this.#run();
  }

  /** Resolves when the round that is under way has ended. */
  async end(): Promise<void> {
    this.#isOn = false;
    this.#wake.call();
    await this.#loop;
  }

  /** False once it is to end: for rounds of many steps. */
  goesOn(): boolean {
    return this.#isOn;
  }

  /** A pause inside a round; an end cuts it short. */
  async pause(ms: number): Promise<void> {
    await this.#wake.sleep(ms);
  }

  async #run(): Promise<void> {
    while (this.goesOn()) {
      await this.#round();
      // A call may have been used up by a pause inside the round.
      if (this.goesOn()) await this.pause(this.#pauseMs);
    }
  }
}
