import { stringify } from "yaml";

/** `name: Fjord Walks`, with quotes where YAML would read something else. */
export function yamlLine(key: string, value: unknown): string {
  return `${key}: ${stringify(value, { lineWidth: 0 }).trim()}`;
}
