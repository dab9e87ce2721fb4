import { Liquid, type Template } from "liquidjs";

import { ConfigurationError, messageOf } from "../sdk/errors.ts";
import { addFilters } from "./filters.ts";

/** Values every template and every part of it can use: `t` and `language`. */
export interface Globals {
  t: Readonly<Record<string, string>>;
  /** In which dates and amounts are written. */
  language: string;
}

/** Liquid in single texts, as document descriptions use it. */
export interface Expressions {
  render(source: string, scope: object): string;
  /** The value of an expression such as `items.size > 1`; undefined names are undefined. */
  evaluate(expression: string, scope: object): unknown;
}

/**
 * Liquid as our templates speak it: an unknown filter is an error (a typing mistake must not reach
 * guests), empty text counts as false, and nothing outside the template's folders can be included.
 *
 * @param isHtml Every output is escaped: all of it may come from a booking form.
 */
export function createLiquid(folders: readonly string[], isHtml: boolean): Liquid {
  const liquid = new Liquid({
    root: [...folders],
    relativeReference: false,
    strictFilters: true,
    ownPropertyOnly: true,
    jsTruthy: true,
    ...(isHtml ? { outputEscape: "escape" as const } : {}),
  });
  addFilters(liquid);
  return liquid;
}

/** Expressions of one document; parsed once for all its rows and pages. */
export function createExpressions(liquid: Liquid, globals: Globals): Expressions {
  const parsed = new Map<string, Template[]>();
  return {
    render(source, scope) {
      if (!source.includes("{{") && !source.includes("{%")) return source;
      return guarded(source, () => {
        const template = parsed.get(source) ?? liquid.parse(source);
        parsed.set(source, template);
        return String(liquid.renderSync(template, scope, { globals }));
      });
    },
    evaluate(expression, scope) {
      const whole = { ...globals, ...scope };
      return guarded(expression, () => liquid.evalValueSync(expression, whole) as unknown);
    },
  };
}

/** @throws ConfigurationError naming the expression: somebody has to mend the template. */
export function guarded<Value>(where: string, run: () => Value): Value {
  try {
    return run();
  } catch (cause) {
    throw new ConfigurationError(`template error in "${where.slice(0, 80)}": ${messageOf(cause)}`, {
      cause,
    });
  }
}
