import { LOGIN } from "./servers.ts";

// What people do there by themselves, with another client than ours.

export async function makeAddressBook(url: string, name = "Guests"): Promise<string> {
  const type = '<collection/><C:addressbook xmlns:C="urn:ietf:params:xml:ns:carddav"/>';
  await call("MKCOL", url, collectionOf("mkcol", type, name));
  return url;
}

export async function makeCalendar(url: string, name = "Bookings"): Promise<string> {
  const type = '<collection/><C:calendar xmlns:C="urn:ietf:params:xml:ns:caldav"/>';
  await call("MKCOL", url, collectionOf("mkcol", type, name));
  return url;
}

function collectionOf(element: string, type: string, name: string): string {
  const props = `<resourcetype>${type}</resourcetype><displayname>${name}</displayname>`;
  return `<?xml version="1.0"?><${element} xmlns="DAV:"><set><prop>${props}</prop></set></${element}>`;
}

export async function textAt(url: string): Promise<string> {
  return (await call("GET", url)).text();
}

/** Changes a file as an office's own program would. */
export async function change(url: string, edit: (text: string) => string): Promise<void> {
  const text = await textAt(url);
  const type = text.startsWith("BEGIN:VCARD") ? "text/vcard" : "text/calendar";
  await call("PUT", url, edit(text), { "content-type": `${type}; charset=utf-8` });
}

export async function put(url: string, text: string, type = "text/vcard"): Promise<void> {
  await call("PUT", url, text, { "content-type": `${type}; charset=utf-8` });
}

export async function removeAt(url: string): Promise<void> {
  await call("DELETE", url);
}

async function call(
  method: string,
  url: string,
  body?: string,
  headers: Record<string, string> = { "content-type": "application/xml" },
): Promise<Response> {
  const init = { method, headers: { ...LOGIN, ...headers }, ...(body !== undefined && { body }) };
  const response = await fetch(url, init);
  if (!response.ok)
    throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response;
}
