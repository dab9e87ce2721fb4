export interface Visit {
  status: number;
  url: string;
  text: string;
  way: string[];
}

/** A browser without pictures: follows redirects and keeps cookies. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  /**
   * @param stopBefore The beginning of an address that is not opened any more.
   * @returns where it ended, and every address on the way.
   */
  async open(url: string, stopBefore?: string): Promise<Visit> {
    const way: string[] = [];
    for (let next = url; ;) {
      way.push(next);
      if (stopBefore !== undefined && next.startsWith(stopBefore)) {
        return { status: 0, url: next, text: "", way };
      }
      const host = new URL(next).host;
      const cookie = [...this.#cookies]
        .filter(([key]) => key.startsWith(`${host}|`))
        .map(([key, value]) => `${key.slice(host.length + 1)}=${value}`)
        .join("; ");
      const response = await fetch(next, { redirect: "manual", headers: { cookie } });
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        this.#cookies.set(`${host}|${name}`, value);
      }
      const location = response.headers.get("location");
      if (location === null) {
        return { status: response.status, url: next, text: await response.text(), way };
      }
      next = new URL(location, next).href;
    }
  }
}
