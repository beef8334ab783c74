import { shown, ValidationError } from '@fluxori/core';
import type { ListingsFeedSchema } from './listings-feed-schema.js';
import { schemaFaults } from './listings-feed-schema.js';

/** Why a message cannot go into a feed. */
export interface MessageFault {
  readonly sku: string;
  readonly messageId: number;
  /** The field in words, e.g. `patches 1, value`; `message` for the whole. */
  readonly field: string;
  readonly rule: string;
}

/**
 * Judges a message as it will be sent: by Amazon's schema, and by what Amazon says elsewhere and the schema does not.
 * Sources: Selling Partner Listings Feed (v2); developer-docs.amazon.com/sp-api/docs/partially-update-a-listing (a patch's path is an attribute,
 * and a deletion names the selectors in its value).
 */
export function messageFaults(
  message: unknown,
  text: string,
  schema: ListingsFeedSchema,
): readonly Omit<MessageFault, 'sku' | 'messageId'>[] {
  const faults: { field: string; rule: string }[] = [];
  const sent = JSON.parse(text) as { operationType?: unknown; patches?: unknown };
  const fits: boolean = schema.message(sent as unknown);
  if (!fits) {
    const wanted = typeof sent.operationType === 'string' ? sent.operationType : undefined;
    for (const { pointer, rule } of schemaFaults(schema.message.errors, wanted)) {
      faults.push({ field: inWords(pointer), rule });
    }
    if (faults.length === 0) faults.push({ field: 'message', rule: 'does not fit Amazon’s schema' });
    return faults;
  }
  const unwritable = findUnwritable(message);
  if (unwritable !== undefined) {
    faults.push({ field: inWords(unwritable), rule: 'is a number that JSON cannot hold' });
  }
  for (const [index, patch] of ((sent.patches ?? []) as { path: string; value?: unknown[] }[]).entries()) {
    if (!/^\/attributes\/[^/]+$/.test(patch.path)) {
      faults.push({
        field: `patches ${index + 1}, path`,
        rule: 'must name one attribute, e.g. /attributes/purchasable_offer',
      });
    }
    if (patch.value === undefined || patch.value.length === 0) {
      faults.push({ field: `patches ${index + 1}, value`, rule: 'is required, with at least one entry' });
    }
  }
  return faults;
}

/** A JSON pointer for people: `/patches/0/op` is `patches 1, op`. */
export function inWords(pointer: string): string {
  const words = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce(
      (text, part) =>
        /^\d+$/.test(part) ? `${text} ${Number(part) + 1}` : text === '' ? part : `${text}, ${part}`,
      '',
    );
  return words === '' ? 'message' : words;
}

/** JSON writes NaN and infinities as null, which would mean something else. @returns a pointer to the first. */
function findUnwritable(value: unknown, at = ''): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : at;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = findUnwritable(inner, `${at}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** For people, e.g. `SKU A-1 (message 3): patches 1, op must be one of add, replace, merge, delete`. */
export function describeFault({ sku, messageId, field, rule }: MessageFault): string {
  return `SKU ${sku} (message ${asTold(messageId)}): ${field} ${rule}`;
}

/** A field as it came, for people. It may be anything: an object’s own `toString` may not even be a function. */
export function asTold(value: unknown): string {
  return typeof value === 'string' ? value : shown(value);
}

/** So many faults are told; more would not be read. */
const mostTold = 20;

/** What a builder throws that nobody told what to do with refused messages. */
export function refusedMessages(faults: readonly MessageFault[]): ValidationError {
  const told = faults.slice(0, mostTold).map(describeFault);
  const more = faults.length > mostTold ? `; and ${faults.length - mostTold} more` : '';
  return new ValidationError(
    `The listings feed is refused before it is sent: ${told.join('; ')}${more}. Correct these messages, or leave them out.`,
    {
      field: faults[0]?.field,
      operation: 'feeds.createFeed',
      problems: told,
      remedy: 'Correct these messages, or leave them out.',
    },
  );
}
