import { ValidationError } from '@fluxori/core';
import { asTold, type MessageFault, messageFaults, refusedMessages } from './check-message.js';
import { compileListingsFeedSchema, type ListingsFeedSchema, schemaFaults } from './listings-feed-schema.js';
import type { ListingsFeedHeader, ListingsMessage } from './listings-message.js';

/**
 * What one feed holds at most. Sources: Selling Partner Listings Feed (v2), maxItems;
 * developer-docs.amazon.com/sp-api/changelog/update-feed-size-and-rate-limit-changes-for-the-json_listings_feed; …/docs/feeds-api-best-practices (10 MiB).
 */
export const listingsFeedBounds = { messages: 25_000, bytes: 10 * 1024 * 1024 } as const;

/** A message's highest id. Source: Selling Partner Listings Feed (v2). */
const highestId = 2_147_483_647;

/** One feed's document, ready to be sent. */
export interface ListingsFeedPart {
  /** From 0. */
  readonly index: number;
  readonly content: Buffer;
  /** In the order in which they stand in the document. */
  readonly messages: readonly { readonly messageId: number; readonly sku: string }[];
}

export interface BuildOptions {
  readonly header: ListingsFeedHeader;
  /** Told of every message that is refused, which is then left out. Without it the whole is refused. */
  readonly onRefused?: (faults: readonly MessageFault[]) => void;
  /** At most Amazon's own. */
  readonly bounds?: { readonly messages?: number; readonly bytes?: number };
}

/** Writes JSON_LISTINGS_FEEDs. Keeps Amazon's compiled schema, so keep the builder. */
export class ListingsFeedBuilder {
  #schema: ListingsFeedSchema | undefined;

  /**
   * Feeds for all these messages, in their order, each within Amazon's bounds. One part at a time is in memory.
   * @throws ValidationError that names the SKU, the field and the rule of what is refused; nothing has been yielded of the part that it would be in.
   */
  *build(messages: Iterable<ListingsMessage>, options: BuildOptions): Generator<ListingsFeedPart> {
    this.#schema ??= compileListingsFeedSchema();
    const schema = this.#schema;
    const most = {
      messages: Math.min(
        options.bounds?.messages ?? listingsFeedBounds.messages,
        listingsFeedBounds.messages,
      ),
      bytes: Math.min(options.bounds?.bytes ?? listingsFeedBounds.bytes, listingsFeedBounds.bytes),
    };
    const frame = frameOf(options.header, schema);
    const seen = new Set<number>();
    let part = new Part(0, frame);
    let next = 1;
    for (const message of messages) {
      while (seen.has(next)) next += 1;
      const messageId = message.messageId ?? next;
      const text = JSON.stringify({ messageId, ...withoutId(message) });
      const bytes = Buffer.byteLength(text);
      const faults = [
        ...messageFaults(message, text, schema),
        ...(seen.has(messageId) ? [{ field: 'messageId', rule: 'must be unique within the feed' }] : []),
        ...(typeof messageId === 'number' && messageId > highestId
          ? [{ field: 'messageId', rule: `must be at most ${highestId}` }]
          : []),
        ...(frame.bytes + bytes > most.bytes
          ? [{ field: 'message', rule: `is of ${bytes} bytes, and a feed holds ${most.bytes}` }]
          : []),
      ].map((fault) => ({ ...fault, sku: asTold(message.sku), messageId }));
      if (faults.length > 0) {
        if (options.onRefused === undefined) throw refusedMessages(faults);
        options.onRefused(faults);
        continue;
      }
      seen.add(messageId);
      if (!part.fits(bytes, most)) {
        yield part.close();
        part = new Part(part.index + 1, frame);
      }
      part.add(messageId, message.sku, text, bytes);
    }
    if (part.length > 0) yield part.close();
  }
}

interface Frame {
  readonly head: string;
  readonly tail: string;
  readonly bytes: number;
}

function frameOf(
  { sellerId, issueLocale, includedData }: ListingsFeedHeader,
  schema: ListingsFeedSchema,
): Frame {
  const header = JSON.parse(
    JSON.stringify({
      sellerId,
      version: '2.0',
      issueLocale,
      report: includedData && { includedData, apiVersion: '2021-08-01' },
    }),
  ) as unknown;
  if (!schema.header(header) || sellerId === '') {
    const faults = schemaFaults(schema.header.errors).map(
      ({ pointer, rule }) => `header${pointer.replaceAll('/', '.')} ${rule}`,
    );
    const problems = faults.length > 0 ? faults : ['header.sellerId must not be empty'];
    throw new ValidationError(`The listings feed’s header is refused: ${problems.join('; ')}.`, {
      field: 'header',
      operation: 'feeds.createFeed',
      problems,
      remedy: 'Correct the header: the seller’s id, a locale such as en_US, known kinds of data.',
    });
  }
  const head = `{"header":${JSON.stringify(header)},"messages":[`;
  return { head, tail: ']}', bytes: Buffer.byteLength(head) + 2 };
}

/** One document while it is written. */
class Part {
  readonly index: number;
  readonly #frame: Frame;
  readonly #texts: string[] = [];
  readonly #messages: { messageId: number; sku: string }[] = [];
  #bytes: number;

  constructor(index: number, frame: Frame) {
    this.index = index;
    this.#frame = frame;
    this.#bytes = frame.bytes;
  }

  get length(): number {
    return this.#texts.length;
  }

  fits(bytes: number, most: { messages: number; bytes: number }): boolean {
    const comma = this.length > 0 ? 1 : 0;
    return this.length < most.messages && this.#bytes + comma + bytes <= most.bytes;
  }

  add(messageId: number, sku: string, text: string, bytes: number): void {
    this.#bytes += bytes + (this.length > 0 ? 1 : 0);
    this.#texts.push(text);
    this.#messages.push({ messageId, sku });
  }

  /** The document, written once into memory of its size. */
  close(): ListingsFeedPart {
    const content = Buffer.allocUnsafe(this.#bytes);
    let at = content.write(this.#frame.head, 0);
    for (const [index, text] of this.#texts.entries()) {
      if (index > 0) at += content.write(',', at);
      at += content.write(text, at);
    }
    content.write(this.#frame.tail, at);
    return { index: this.index, content, messages: this.#messages };
  }
}

function withoutId({ messageId: _, ...message }: ListingsMessage): object {
  return message;
}
