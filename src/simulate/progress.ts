/** How far a long piece of work is. */
export interface ProgressState {
  finished: number;
  total: number;
  /** What was finished before this process began; default: nothing. */
  before?: number;
  /** What has gone wrong; told when there is any. */
  errors?: number;
  /** What the speed is told by; default: what is finished. */
  calls?: number;
  /** What these are, when they are no calls. */
  callUnit?: string;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Leaves the terminal as it was. */
  end(): void;
}

/** Where it is shown. */
export interface ProgressOutput {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 100;
const LINE_MS = 5_000;
const BAR_WIDTH = 24;

/**
 * A bar that is redrawn on a terminal, a line every few seconds in a file. The bar of
 * @clack/prompts does not serve: it takes the keyboard and ends the process at Ctrl-C.
 *
 * @param unit What is finished one by one: `bookings`.
 */
export function createProgress(
  unit: string,
  output: ProgressOutput = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  const startedAt = now();
  const isTerminal = output.isTTY === true;
  let shownAt = isTerminal ? -Infinity : startedAt;
  return {
    update(state) {
      const at = now();
      if (at - shownAt < (isTerminal ? REDRAW_MS : LINE_MS)) return;
      shownAt = at;
      const text = words(unit, state, (at - startedAt) / 1000);
      if (isTerminal) output.write(`\r${fitted(`${bar(state)} ${text}`, output)}\u001b[K`);
      else output.write(`${text}\n`);
    },
    end() {
      if (isTerminal) output.write("\r\u001b[K");
    },
  };
}

function bar({ finished, total }: ProgressState): string {
  const full = Math.floor((finished / Math.max(1, total)) * BAR_WIDTH);
  return `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]`;
}

function words(unit: string, state: ProgressState, seconds: number): string {
  const { finished, total, before = 0, errors = 0, calls, callUnit = "calls" } = state;
  const done = finished - before;
  const rate = (calls ?? done) / Math.max(seconds, 0.001);
  const sent = calls === undefined ? "" : `, ${calls} ${callUnit}`;
  const wrong = errors === 0 ? "" : `, ${errors} errors`;
  const left = done <= 0 ? "" : `, ${duration((seconds / done) * (total - finished))} left`;
  return `${finished} of ${total} ${unit}${sent}${wrong}, ${rate.toFixed(0)}/s${left}`;
}

/** `8 s`, `3 min` */
function duration(seconds: number): string {
  return seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** A line that wraps could not be overwritten. */
function fitted(text: string, { columns = 0 }: ProgressOutput): string {
  // Some terminals do not know how wide they are.
  return text.slice(0, (columns > 0 ? columns : 80) - 1);
}
