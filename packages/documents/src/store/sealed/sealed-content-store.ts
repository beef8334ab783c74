import { randomBytes } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { type Clock, isErrorOf, type Sealing, systemClock } from '@fluxori/core';
import { checkContentName, checkFrom } from '../content-name.js';
import type { ContentFacts, ContentStore, SweptLeftovers } from '../content-store.js';
import { endWith } from '../end-with.js';
import { missingContent } from '../missing-content.js';
import { ChunkCipher, keyBytes } from './chunk-cipher.js';
import {
  changed,
  type Envelope,
  type Inside,
  largestEnvelope,
  openEnvelope,
  readEnvelope,
  sealEnvelope,
  writeEnvelope,
} from './envelope.js';
import { OpenChunks, sealedFrom } from './open-chunks.js';
import { SealChunks } from './seal-chunks.js';

const envelopes = 'sealed-keys/';
const bodies = 'sealed-bodies/';
/** What the two prefixes and a generation add to a name. */
const longestName = 500;
const defaultIdleMs = 60 * 60 * 1000;

export interface SealedContentStoreOptions {
  readonly store: ContentStore;
  /** Wraps each content's key, e.g. the backend's `Sealer`. With `isCurrent`, `rewrap` leaves alone what needs no rewrapping. */
  readonly sealing: Sealing & { isCurrent?(sealed: string): boolean };
  readonly clock?: Clock;
}

/**
 * Contents sealed before they reach the store below. Every content has a random AES-256 key of its own, which lies beside it, wrapped by
 * `sealing` together with the content's name, size and digest. Bodies are written under a new name each, and the envelope with the key is
 * what makes one appear: so replacing is atomic, deleting the envelope alone makes a body unreadable for good, and a new sealing key needs
 * only the small envelopes to be rewritten.
 *
 * Whoever can write to the store below can delete, or bring back an older content of the same name; nothing else goes unnoticed.
 */
export class SealedContentStore implements ContentStore {
  readonly url: string;
  readonly #store: ContentStore;
  readonly #sealing: SealedContentStoreOptions['sealing'];
  readonly #clock: Clock;

  constructor(options: SealedContentStoreOptions) {
    this.#store = options.store;
    this.#sealing = options.sealing;
    this.#clock = options.clock ?? systemClock;
    this.url = `sealed:${options.store.url}`;
  }

  /** @throws ConfigurationError `SEAL_KEY_WRONG` when there is one that was sealed with a key that is not ours: others rely on it. */
  async write(name: string, bytes: Readable, options: { signal?: AbortSignal } = {}): Promise<ContentFacts> {
    const source = endWith(bytes, options.signal);
    try {
      checkContentName(name, longestName);
      options.signal?.throwIfAborted();
      const before = await this.#usable(name);
      await this.#checkKey(name, before);
      const key = randomBytes(keyBytes);
      const generation = randomBytes(12).toString('hex');
      const chunks = new SealChunks(new ChunkCipher(key, boundOf(name, generation)));
      const body = bodyName(name, generation);
      await this.#store.write(body, through(source, chunks), options);
      const writtenAt = new Date(this.#clock.now());
      const inside: Inside = { name, generation, key, ...chunks.facts(), writtenAt };
      await this.#put(name, await sealEnvelope(inside, this.#sealing));
      if (before !== undefined) await this.#store.delete(bodyName(name, before.generation));
      return factsOf(inside);
    } finally {
      bytes.destroy();
    }
  }

  async read(name: string, options: { from?: number; signal?: AbortSignal } = {}): Promise<Readable> {
    checkContentName(name, longestName);
    const { from = 0, signal } = options;
    for (let tried = 1; ; tried++) {
      const inside = await this.#inside(name);
      if (inside === undefined) throw missingContent(name, this.url);
      const { generation, bytes } = inside;
      checkFrom(from, inside);
      try {
        const position = sealedFrom({ bytes, from });
        const sealed = await this.#store.read(bodyName(name, generation), { from: position, signal });
        const cipher = new ChunkCipher(inside.key, boundOf(name, generation));
        return endWith(through(sealed, new OpenChunks(cipher, { name, bytes, from })), signal);
      } catch (error) {
        // A body shorter than where we are to begin.
        if (isErrorOf(error, 'ValidationError')) throw changed(name, error);
        if (!isErrorOf(error, 'DocumentError') || error.code !== 'DOCUMENT_NOT_FOUND') throw error;
        // Replaced since we looked at the envelope: then there is a new one. Otherwise the body was taken away, which is damage like any other.
        if (tried > 1) throw changed(name, error);
      }
    }
  }

  async facts(name: string): Promise<ContentFacts | undefined> {
    checkContentName(name, longestName);
    const inside = await this.#inside(name);
    return inside && factsOf(inside);
  }

  /** Needs no key: what cannot be opened can be deleted all the same. */
  async delete(name: string): Promise<boolean> {
    checkContentName(name, longestName);
    const envelope = await this.#usable(name);
    // The envelope first: without its key, the body is noise, and a sweep takes it if we do not get to it.
    const deleted = await this.#store.delete(envelopes + name);
    if (envelope !== undefined) await this.#store.delete(bodyName(name, envelope.generation));
    return deleted;
  }

  async *list(prefix = ''): AsyncGenerator<ContentFacts, void, undefined> {
    try {
      for await (const { name } of this.#store.list(envelopes + prefix)) {
        const facts = await this.facts(name.slice(envelopes.length));
        if (facts !== undefined) yield facts;
      }
    } catch (error) {
      const damaged = damagedIn(envelopes, error);
      throw damaged === undefined ? error : changed(damaged.name.slice(envelopes.length), error);
    }
  }

  /**
   * Removes bodies that no envelope names and that are older than `idleMs` (an hour by default), those that the store below finds damaged, so that nobody
   * can read them, and what the store below removes.
   */
  async sweep(options: { idleMs?: number; signal?: AbortSignal } = {}): Promise<SweptLeftovers> {
    const { idleMs = defaultIdleMs, signal } = options;
    let { removed, bytes } = await this.#store.sweep(options);
    const count = (freed: number) => {
      removed++;
      bytes += freed;
    };
    for await (const body of this.#bodies(count)) {
      signal?.throwIfAborted();
      if (this.#clock.now() - body.writtenAt.getTime() < idleMs || (await this.#isNamed(body.name))) continue;
      if (await this.#store.delete(body.name)) count(body.bytes);
    }
    return { removed, bytes };
  }

  /**
   * After a change of the sealing key: wraps the keys of the contents anew, with the current one; their bodies stay as they are. A content
   * must not be replaced at the same time.
   *
   * @returns how many were wrapped anew, and how many did not need it.
   * @throws ConfigurationError `SEAL_KEY_WRONG` when one was sealed with a key that is not ours.
   */
  async rewrap(
    options: { prefix?: string; signal?: AbortSignal } = {},
  ): Promise<{ rewrapped: number; current: number }> {
    let rewrapped = 0;
    let current = 0;
    for await (const found of this.#store.list(envelopes + (options.prefix ?? ''))) {
      options.signal?.throwIfAborted();
      const name = found.name.slice(envelopes.length);
      const envelope = await this.#envelope(name);
      if (envelope === undefined) continue;
      if (this.#sealing.isCurrent?.(envelope.sealed)) {
        current++;
        continue;
      }
      const inside = await openEnvelope(name, envelope, this.#sealing);
      const fresh = await sealEnvelope(inside, this.#sealing);
      // Deleted or replaced while we sealed: the other one's will counts.
      if ((await this.#envelope(name))?.sealed !== envelope.sealed) continue;
      await this.#put(name, fresh);
      rewrapped++;
    }
    return { rewrapped, current };
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Damaged ones are deleted on the way: they must not keep the others from being looked at. */
  async *#bodies(onDeleted: (bytes: number) => void): AsyncGenerator<ContentFacts, void, undefined> {
    for (;;) {
      try {
        yield* this.#store.list(bodies);
        return;
      } catch (error) {
        const damaged = damagedIn(bodies, error);
        if (damaged === undefined) throw error;
        const { name, bytes } = damaged;
        // The key first, as always.
        if (await this.#isNamed(name)) await this.#store.delete(envelopes + contentOf(name));
        if (!(await this.#store.delete(name))) throw error;
        onDeleted(bytes);
      }
    }
  }

  /** Whether it is the body that its content's envelope names. */
  async #isNamed(body: string): Promise<boolean> {
    const envelope = await this.#usable(contentOf(body));
    return envelope !== undefined && body.endsWith(`/${envelope.generation}`);
  }

  async #inside(name: string): Promise<Inside | undefined> {
    const envelope = await this.#envelope(name);
    return envelope && openEnvelope(name, envelope, this.#sealing);
  }

  /** @throws DocumentError `DOCUMENT_DAMAGED` when something else lies there. */
  async #envelope(name: string): Promise<Envelope | undefined> {
    const facts = await this.#store.facts(envelopes + name);
    if (facts === undefined) return undefined;
    const text = facts.bytes <= largestEnvelope ? await this.#text(envelopes + name) : '';
    if (text === undefined) return undefined;
    const envelope = readEnvelope(text);
    if (envelope === undefined) throw changed(name);
    return envelope;
  }

  /** As if there were none, when it is damaged: it can be replaced and deleted. */
  async #usable(name: string): Promise<Envelope | undefined> {
    return this.#envelope(name).catch((error: unknown) => {
      if (isErrorOf(error, 'DocumentError') && error.code === 'DOCUMENT_DAMAGED') return undefined;
      throw error;
    });
  }

  async #text(name: string): Promise<string | undefined> {
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of await this.#store.read(name)) chunks.push(chunk as Uint8Array);
      return Buffer.concat(chunks).toString('utf8');
    } catch (error) {
      if (isErrorOf(error, 'DocumentError') && error.code === 'DOCUMENT_NOT_FOUND') return undefined;
      throw error;
    }
  }

  /** What is damaged may be replaced; what others can open and we cannot, may not. */
  async #checkKey(name: string, envelope: Envelope | undefined): Promise<void> {
    if (envelope === undefined) return;
    await openEnvelope(name, envelope, this.#sealing).catch((error: unknown) => {
      if (!isErrorOf(error, 'DocumentError')) throw error;
    });
  }

  async #put(name: string, envelope: Envelope): Promise<void> {
    await this.#store.write(envelopes + name, Readable.from([Buffer.from(writeEnvelope(envelope))]));
  }
}

function bodyName(name: string, generation: string): string {
  return `${bodies}${name}/${generation}`;
}

/** Whose body it is. */
function contentOf(body: string): string {
  return body.slice(bodies.length, body.lastIndexOf('/'));
}

/** What the store below found damaged under `prefix`, if that is what the error says. */
function damagedIn(prefix: string, error: unknown): { name: string; bytes: number } | undefined {
  if (!isErrorOf(error, 'DocumentError') || error.code !== 'DOCUMENT_DAMAGED') return undefined;
  const { name, size } = error.details ?? {};
  if (typeof name !== 'string' || !name.startsWith(prefix)) return undefined;
  return { name, bytes: typeof size === 'number' ? size : 0 };
}

/** What a chunk vouches for beside its bytes and its place. */
function boundOf(name: string, generation: string): string {
  return `fluxori sealed content 1\n${name}\n${generation}`;
}

function factsOf({ name, bytes, sha256, writtenAt }: Inside): ContentFacts {
  return { name, bytes, sha256, writtenAt };
}

/** Ends, and fails, as one: whichever of the two is destroyed takes the other along. */
function through<Stream extends SealChunks | OpenChunks>(source: Readable, stream: Stream): Stream {
  // What ends it is told by the stream itself to whoever reads it.
  pipeline(source, stream, () => {});
  return stream;
}
