import { createHash } from 'node:crypto';
import { Sealer, sealKeysFrom } from '@fluxori/backend';

/** A sealer with keys made from these words: the first is current. */
export function sealingWith(...words: string[]): Sealer {
  const keys = words.map((word) => createHash('sha256').update(word).digest('base64url'));
  return new Sealer(sealKeysFrom(keys.join(',')));
}
