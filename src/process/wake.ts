/** Lets a loop sleep until there is something to do, or a time has passed. */
export class Wake {
  #isCalled = false;
  #wakeUp: (() => void) | undefined;

  /** Ends the present or the next sleep at once. */
  call(): void {
    this.#isCalled = true;
    this.#wakeUp?.();
  }

  async sleep(ms: number): Promise<void> {
    if (!this.#isCalled) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wakeUp = undefined;
    this.#isCalled = false;
  }
}
