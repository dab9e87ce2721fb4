import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ConfigurationError } from "../sdk/errors.ts";
import type { Settings } from "../settings/settings.ts";

/** Bytes that only the holder of the key can read, and which key that is. */
export interface Sealed {
  keyId: string;
  sealed: Buffer;
}

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ID_LENGTH = 8;
const FILE = "secret.key";

interface Key {
  id: string;
  bytes: Buffer;
}

/**
 * Seals what must not be read from a copy of the database. The key comes from the environment, or
 * is made once in the data folder, which processes of one machine share.
 */
export class SecretKey {
  readonly #given: string | undefined;
  readonly #file: string;
  #key: Key | undefined;

  constructor({ secretKey, dataFolder }: Pick<Settings, "secretKey" | "dataFolder">) {
    this.#given = secretKey;
    this.#file = join(dataFolder, FILE);
  }

  /** @param about What it is and whose, so that one cannot stand in for another. */
  seal(about: string, text: string): Sealed {
    const { id, bytes } = this.#usual();
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, bytes, iv).setAAD(Buffer.from(about));
    const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return { keyId: id, sealed: Buffer.concat([iv, cipher.getAuthTag(), content]) };
  }

  /**
   * @throws ConfigurationError when it was sealed with another key, or is damaged; it says why, not
   *   what to do.
   */
  open(about: string, { keyId, sealed }: Sealed): string {
    const { id, bytes } = this.#usual();
    if (id !== keyId) throw new ConfigurationError(`sealed with the key ${keyId}, not with ${id}`);
    try {
      const iv = sealed.subarray(0, IV_BYTES);
      const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
      const decipher = createDecipheriv(ALGORITHM, bytes, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(about)).setAuthTag(tag);
      const content = sealed.subarray(IV_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(content), decipher.final()]).toString("utf8");
    } catch (cause) {
      throw new ConfigurationError("damaged, or not written by Bellhop", { cause });
    }
  }

  #usual(): Key {
    this.#key ??= keyOf(this.#given ?? this.#fromFile());
    return this.#key;
  }

  /** Made where there is none. Of several processes that make one at once, one is kept. */
  #fromFile(): string {
    const known = readIfThere(this.#file);
    if (known !== undefined) return known;
    mkdirSync(join(this.#file, ".."), { recursive: true });
    const made = `${this.#file}.${randomBytes(8).toString("hex")}`;
    writeFileSync(made, `${randomBytes(KEY_BYTES).toString("base64url")}\n`, { mode: 0o600 });
    try {
      linkSync(made, this.#file); // fails when it is there: nobody finds half a key
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(made, { force: true });
    }
    return readFileSync(this.#file, "utf8").trim();
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Any text gives a key; its id tells keys apart and does not help to guess one. */
function keyOf(text: string): Key {
  const derive = (use: string, length: number) =>
    Buffer.from(hkdfSync("sha256", text, "bellhop", use, length));
  return {
    id: hash("sha256", derive("id", KEY_BYTES), "hex").slice(0, ID_LENGTH),
    bytes: derive("seal", KEY_BYTES),
  };
}
