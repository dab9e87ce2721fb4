import type { XmlElement } from "./xml.ts";

const NAME = "[A-Za-z_][A-Za-z0-9_.-]*";
const PATH = new RegExp(`^(?://${NAME}|${NAME}(?:/${NAME})*)$`);

/** The two forms of XPath we read: child by child (`booking/status`) and anywhere (`//status`). */
export function isSupportedPath(path: string): boolean {
  return PATH.test(path);
}

/** Matching elements in document order, as XPath sees them from the root element. */
export function select(root: XmlElement, path: string): XmlElement[] {
  if (path.startsWith("//")) return named(root, path.slice(2));
  return path
    .split("/")
    .reduce<XmlElement[]>(
      (elements, name) =>
        elements.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [root],
    );
}

function named(element: XmlElement, name: string): XmlElement[] {
  const below = element.children.flatMap((child) => named(child, name));
  return element.name === name ? [element, ...below] : below;
}
