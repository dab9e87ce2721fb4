import { ConfigurationError } from "../sdk/errors.ts";
import type { Expressions } from "../templates/expressions.ts";

/** What YAML can say: a document is described by data, not by code. */
export type Description =
  string | number | boolean | null | Description[] | { [key: string]: Description };

type Node = { [key: string]: Description };

/**
 * Fills a document description. Every text in it is a Liquid template of its own, so nothing a
 * guest wrote can become structure. In an object of a list, `$for: item in items` repeats it for
 * each element, `$if: condition` drops it, and `$nodes: [...]` puts a list of nodes in its place,
 * which is how several table rows come from one element. A property's object may have `$if`.
 *
 * @returns undefined when `$if` drops the whole.
 */
export function fillDescription(
  description: Description,
  scope: object,
  expressions: Expressions,
): Description | undefined {
  const fill = (node: Description): Description | undefined =>
    fillDescription(node, scope, expressions);

  if (typeof description === "string") return expressions.render(description, scope);
  if (Array.isArray(description)) {
    return description.flatMap((node) => fillElement(node, scope, expressions));
  }
  if (!isNode(description)) return description;
  if ("$for" in description || "$nodes" in description) {
    throw new ConfigurationError(`$for and $nodes stand in lists only: ${excerpt(description)}`);
  }
  if (!isWanted(description, scope, expressions)) return undefined;
  const entries = Object.entries(description).filter(([key]) => key !== "$if");
  return Object.fromEntries(
    entries.flatMap(([key, value]) => {
      const filled = fill(value);
      return filled === undefined ? [] : [[key, filled]];
    }),
  );
}

/** One element of a list may become none, one or many. */
function fillElement(node: Description, scope: object, expressions: Expressions): Description[] {
  if (!isNode(node)) return present(fillDescription(node, scope, expressions));
  const { $for, ...once } = node;
  if ($for !== undefined) {
    return elements($for, scope, expressions).flatMap((inner) =>
      fillElement(once, inner, expressions),
    );
  }
  if (!("$nodes" in node)) return present(fillDescription(node, scope, expressions));
  if (!isWanted(node, scope, expressions)) return [];
  const { $nodes } = node;
  if (!Array.isArray($nodes)) throw new ConfigurationError(`$nodes is no list: ${excerpt(node)}`);
  return $nodes.flatMap((inner) => fillElement(inner, scope, expressions));
}

/** The scopes of `$for: <name> in <path>`, one for each element; nothing there is an empty list. */
function elements($for: Description, scope: object, expressions: Expressions): object[] {
  const [, name, path] = /^\s*(\w+)\s+in\s+(.+)$/.exec(typeof $for === "string" ? $for : "") ?? [];
  if (name === undefined || path === undefined) {
    throw new ConfigurationError(`$for is not "<name> in <path>": ${excerpt($for)}`);
  }
  const list = expressions.evaluate(path, scope) ?? [];
  if (!Array.isArray(list)) throw new ConfigurationError(`$for: "${path}" is no list`);
  return list.map((element: unknown) => ({ ...scope, [name]: element }));
}

function isWanted(node: Node, scope: object, expressions: Expressions): boolean {
  const { $if } = node;
  if ($if === undefined || typeof $if === "boolean") return $if ?? true;
  if (typeof $if !== "string") throw new ConfigurationError(`$if is no condition: ${excerpt($if)}`);
  return Boolean(expressions.evaluate($if, scope));
}

function isNode(description: Description | undefined): description is Node {
  return typeof description === "object" && description !== null && !Array.isArray(description);
}

function present(node: Description | undefined): Description[] {
  return node === undefined ? [] : [node];
}

function excerpt(node: Description): string {
  return JSON.stringify(node).slice(0, 80);
}
