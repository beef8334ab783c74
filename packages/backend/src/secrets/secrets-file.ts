import { ConfigurationError, isFluxoriError } from '@fluxori/core';
import type { Sealer } from './sealer.js';

export interface StoredSecret {
  readonly value: string;
  readonly updatedAt: Date;
  readonly expiresAt?: Date;
}

const format = 'fluxori-secrets';
const version = 1;

/** What is sealed. It names itself, so that something else that was sealed with the same key is not taken for it. */
interface Contents {
  readonly format: typeof format;
  readonly secrets: Readonly<Record<string, { value: string; updatedAt: string; expiresAt?: string }>>;
}

/** The file's text: plain enough to see what it is, and the rest sealed. */
export async function textOfSecretsFile(
  secrets: ReadonlyMap<string, StoredSecret>,
  sealer: Sealer,
): Promise<string> {
  const contents: Contents = {
    format,
    secrets: Object.fromEntries(
      [...secrets].map(([name, { value, updatedAt, expiresAt }]) => [
        name,
        {
          value,
          updatedAt: updatedAt.toISOString(),
          ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
        },
      ]),
    ),
  };
  const sealed = await sealer.seal(JSON.stringify(contents));
  return `${JSON.stringify({ format, version, sealed }, undefined, 2)}\n`;
}

/** @throws ConfigurationError `SEAL_KEY_WRONG`, `SEAL_BROKEN`, or `CONFIG_INVALID` when it is another file or of a later release. */
export async function parseSecretsFile(
  file: string,
  text: string,
  sealer: Sealer,
): Promise<Map<string, StoredSecret>> {
  const contents = JSON.parse(await opened(file, sealedText(file, text), sealer)) as Contents;
  if (contents.format !== format) throw notOurs(file);
  return new Map(
    Object.entries(contents.secrets).map(([name, { value, updatedAt, expiresAt }]) => [
      name,
      {
        value,
        updatedAt: new Date(updatedAt),
        ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
      },
    ]),
  );
}

function sealedText(file: string, text: string): string {
  let envelope: { format?: unknown; version?: unknown; sealed?: unknown } = {};
  try {
    envelope = JSON.parse(text) ?? {};
  } catch {
    // Said below, without repeating what the file holds.
  }
  const isOurs = envelope.format === format && typeof envelope.sealed === 'string';
  if (isOurs && envelope.version === version) return envelope.sealed as string;
  if (!isOurs) throw notOurs(file);
  throw new ConfigurationError(
    `${file} was written by another release, in a form that this one cannot read.`,
    {
      field: file,
      remedy: 'Use that release, or a later one.',
    },
  );
}

function notOurs(file: string): ConfigurationError {
  return new ConfigurationError(`${file} is no sealed file of secrets.`, {
    field: file,
    remedy: 'Name the right file, or bring it back from a copy.',
  });
}

async function opened(file: string, sealed: string, sealer: Sealer): Promise<string> {
  try {
    return await sealer.open(sealed);
  } catch (error) {
    if (!isFluxoriError(error)) throw error;
    const { message, ...context } = error;
    throw new ConfigurationError(`${file}: ${message}`, { ...context, field: file });
  }
}
