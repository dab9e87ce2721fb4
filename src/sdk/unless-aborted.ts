/**
 * Waits for work as long as nobody says stop. The work itself goes on.
 *
 * Whoever waits is forgotten once the work has ended: Node keeps a signal that is made of others, with
 * all that hangs on it, for as long as somebody listens to it.
 *
 * @throws the signal's reason as soon as it is aborted; as the work does.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
  });
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
