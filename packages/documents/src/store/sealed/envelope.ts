import { DocumentError, isFluxoriError, type Sealing } from '@fluxori/core';
import { keyBytes } from './chunk-cipher.js';

/** What lies beside a sealed body: its generation, plain, so that a content can be deleted without the key; the rest sealed. */
export interface Envelope {
  readonly generation: string;
  readonly sealed: string;
}

/** What only the key's holder sees. */
export interface Inside {
  readonly name: string;
  readonly generation: string;
  readonly key: Uint8Array;
  readonly bytes: number;
  readonly sha256: string;
  readonly writtenAt: Date;
}

const version = 1;
/** An envelope has some 700 bytes. What is much larger is none, and is not read whole. */
export const largestEnvelope = 16 * 1024;

export async function sealEnvelope(inside: Inside, sealing: Sealing): Promise<Envelope> {
  const { generation } = inside;
  const key = Buffer.from(inside.key).toString('base64url');
  const sealed = await sealing.seal(JSON.stringify({ ...inside, key, version }));
  return { generation, sealed };
}

export function writeEnvelope({ generation, sealed }: Envelope): string {
  return JSON.stringify({ fluxori: 'sealed content', version, generation, sealed });
}

/** @returns undefined when this is no envelope of ours. */
export function readEnvelope(text: string): Envelope | undefined {
  try {
    const { generation, sealed } = JSON.parse(text) as Partial<Envelope>;
    // It becomes part of a name, whoever wrote it.
    if (typeof sealed !== 'string' || !/^[0-9a-f]{24}$/.test(String(generation))) return undefined;
    return { generation: generation as string, sealed };
  } catch {
    return undefined;
  }
}

/**
 * @throws DocumentError `DOCUMENT_DAMAGED` when it was changed, or belongs to another content.
 * @throws ConfigurationError `SEAL_KEY_WRONG`.
 */
export async function openEnvelope(name: string, envelope: Envelope, sealing: Sealing): Promise<Inside> {
  const plain = await sealing.open(envelope.sealed).catch((error: unknown) => {
    if (isFluxoriError(error) && error.code === 'SEAL_BROKEN') throw changed(name, error);
    throw error;
  });
  const inside = insideOf(plain);
  if (inside?.name !== name || inside.generation !== envelope.generation) throw changed(name);
  return inside;
}

/** That its envelope cannot be trusted; the body is not even looked at. */
export function changed(name: string, cause?: unknown): DocumentError {
  return new DocumentError(
    `The sealed content ${name} is not used: what goes with it was changed, damaged, or belongs to another content.`,
    {
      code: 'DOCUMENT_DAMAGED',
      remedy: 'Delete it and fetch the document again; find out who writes to the store.',
      details: { name },
      ...(cause !== undefined && { cause }),
    },
  );
}

function insideOf(text: string): Inside | undefined {
  try {
    const { key, writtenAt, ...rest } = JSON.parse(text) as Record<string, unknown>;
    const bytes = Buffer.from(String(key), 'base64url');
    const moment = new Date(String(writtenAt));
    const whole = bytes.length === keyBytes && Number.isSafeInteger(rest.bytes) && rest.version === version;
    if (!whole || Number.isNaN(moment.getTime())) return undefined;
    return { ...(rest as unknown as Inside), key: bytes, writtenAt: moment };
  } catch {
    return undefined;
  }
}
