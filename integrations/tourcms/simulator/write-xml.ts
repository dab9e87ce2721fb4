/** Text, or elements; nothing makes an empty element. */
export type XmlContent = string | number | undefined | readonly string[];

/** One element as text. Strings are escaped; lists hold elements that are already written. */
export function element(name: string, content: XmlContent): string {
  const inner = typeof content === "object" ? content.join("") : escape(String(content ?? ""));
  return inner === "" ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

/** Several elements, in the order of the object's keys. */
export function elements(contents: Readonly<Record<string, XmlContent>>): string[] {
  return Object.entries(contents).map(([name, content]) => element(name, content));
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#13;",
};

function escape(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character);
}
