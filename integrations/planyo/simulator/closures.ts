/** A closure of a resource, or of the whole site. */
export interface Closure {
  id: string;
  /** Absent: the whole site. */
  resourceId?: string;
  /** Epoch seconds. */
  start: number;
  end: number;
}

export type Closures = Map<string, Closure>;
