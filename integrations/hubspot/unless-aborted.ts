/**
 * Waits for what others have a part in, as long as nobody says stop. It goes on for them; nobody is
 * left listening to the signal, which would be kept with all that hangs on it.
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
