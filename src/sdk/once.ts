/**
 * Reads at most once for each context, since every call counts at the source: `check` and
 * `describe` are handed the same context when both are asked.
 */
export function oncePerContext<Context extends object, Value>(
  read: (context: Context) => Promise<Value>,
): (context: Context) => Promise<Value> {
  const readings = new WeakMap<Context, Promise<Value>>();
  return (context) => {
    const reading = readings.get(context) ?? read(context);
    readings.set(context, reading);
    return reading;
  };
}
