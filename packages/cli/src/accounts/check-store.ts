import { existsSync } from 'node:fs';
import { openBackend } from '@fluxori/backend';
import { isErrorOf, type Logger } from '@fluxori/core';
import { openSecureKeyValues } from '../composition/open-secure-key-values.js';
import type { StorePlace } from '../config/load-config.js';
import { folderOf } from '../desk/desk-path.js';

/**
 * To be asked before a seller is sent to authorise, which is good once: whether the program could be opened on its store afterwards. A folder that is
 * not there yet is not made. One that a worker has cannot be looked into, and the worker has looked itself.
 * @throws ConfigurationError with code `SEAL_KEY_WRONG` when the store was sealed with another key; whatever `openBackend` throws when it is away.
 */
export async function checkStore({ backendUrl, sealKeys }: StorePlace, logger: Logger): Promise<void> {
  const folder = folderOf(backendUrl);
  if (folder !== undefined && !existsSync(folder)) return;
  await using backend = await openBackend(backendUrl, { logger }).catch(inUse);
  if (backend !== undefined) await openSecureKeyValues(backend.keyValues, sealKeys, logger);
}

function inUse(error: unknown): undefined {
  if (isErrorOf(error, 'ConfigurationError') && error.code === 'BACKEND_IN_USE') return undefined;
  throw error;
}
