import { readFileSync, realpathSync, statSync } from "node:fs";
import { resolve, sep } from "node:path";

import { ConfigurationError, messageOf } from "../sdk/errors.ts";
import { checkPng, isPng } from "./png-check.ts";

const MAX_BYTES = 2 * 1024 * 1024;

export interface Images {
  /**
   * A picture of a template or a logo, as a data URL.
   *
   * @param path Absolute, or below one of the folders. Nothing is ever fetched.
   * @throws ConfigurationError when it is outside the folders, or no PNG or JPEG.
   */
  read(path: string): string;
}

/** Pictures come from local files below these folders and from nowhere else. */
export function createImages(folders: readonly string[]): Images {
  const kept = new Map<string, { stamp: number; url: string }>();
  return {
    read(path) {
      const file = locate(path, folders);
      const stamp = statSync(file).mtimeMs;
      const known = kept.get(file);
      if (known?.stamp === stamp) return known.url;
      const url = dataUrl(file, path);
      kept.set(file, { stamp, url });
      return url;
    },
  };
}

function locate(path: string, folders: readonly string[]): string {
  for (const folder of folders) {
    const file = realPath(resolve(folder, path));
    const root = realPath(folder);
    if (file !== undefined && root !== undefined && file.startsWith(root + sep)) return file;
  }
  throw new ConfigurationError(`no image "${path}" below ${folders.join(", ")}`);
}

/** Links are followed first: one that leads out of a folder is outside. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // not there
  }
}

function dataUrl(file: string, name: string): string {
  const bytes = readFileSync(file);
  if (bytes.length > MAX_BYTES) throw new ConfigurationError(`image "${name}" is over 2 MB`);
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isJpeg && !isPng(bytes)) throw new ConfigurationError(`image "${name}" is no PNG or JPEG`);
  try {
    if (!isJpeg) checkPng(bytes);
  } catch (cause) {
    throw new ConfigurationError(`image "${name}" is unusable: ${messageOf(cause)}`, { cause });
  }
  return `data:image/${isJpeg ? "jpeg" : "png"};base64,${bytes.toString("base64")}`;
}
