import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ContentStore } from '../store/content-store.js';

/** The part of Jest's (or Vitest's) globals that the suite uses; handed in, so that this package needs no test runner. */
export interface TestApi {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>, timeoutMs?: number): void;
  beforeAll(body: () => Promise<void>, timeoutMs?: number): void;
  afterAll(body: () => Promise<void>, timeoutMs?: number): void;
  expect(value: unknown): Expectation;
}

export interface Expectation {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toMatchObject(expected: Record<string, unknown>): void;
  toBeGreaterThan(expected: number): void;
}

/** An empty place where the store can be opened, one instance after the other. */
export interface StorePlace {
  open(): Promise<ContentStore>;
  /** Clears it away. */
  remove?(): Promise<void>;
}

export interface StoreUnderTest {
  place(): Promise<StorePlace>;
  /** The size of the large content: above what the store moves at once, so that it comes in parts. */
  readonly largeBytes: number;
}

export interface Bench {
  readonly store: ContentStore;
  /** Another instance at the same place. */
  reopen(): Promise<ContentStore>;
  readonly largeBytes: number;
  /** A name that no other test has. */
  unique(word: string): string;
}

/** A stream of these pieces. */
export function streamOf(...pieces: (string | Uint8Array)[]): Readable {
  return Readable.from(pieces.map((piece) => Buffer.from(piece)));
}

/** Bytes without a pattern that a mistake could hide in, the same each time. */
export function bytesLike(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function allOf(bytes: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

export async function textOf(store: ContentStore, name: string): Promise<string> {
  return (await allOf(await store.read(name))).toString('utf8');
}

/** Catches what a promise rejects with; undefined when it fulfils. */
export async function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown> | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error as Record<string, unknown>;
  }
}
