import { type Clock, sleep } from '@fluxori/core';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { Pulse } from './pulse.js';

/** The part of Jest's (or Vitest's) globals that the suites use; handed in, so that this package needs no test runner. */
export interface TestApi {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>, timeoutMs?: number): void;
  beforeAll(body: () => Promise<void>, timeoutMs?: number): void;
  afterAll(body: () => Promise<void>, timeoutMs?: number): void;
  expect(value: unknown): Expectation;
}

/** The same, and an `it` for tests that mostly wait and may do so side by side. */
export interface SuiteApi extends TestApi {
  readonly itWaits: TestApi['it'];
}

export interface Expectation {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toMatchObject(expected: Record<string, unknown>): void;
  toBeCloseTo(expected: number, digits?: number): void;
  toBeGreaterThan(expected: number): void;
  toBeGreaterThanOrEqual(expected: number): void;
  toBeLessThanOrEqual(expected: number): void;
  toBeLessThan(expected: number): void;
}

/** Somewhere that backends can be opened, one after the other. */
export interface Place {
  open(clock: Clock): Promise<FluxoriBackend>;
  /** What other processes open it by; needed where the driver is `shared`. */
  readonly url?: string;
  /** Clears it away. */
  remove?(): Promise<void>;
}

export interface BackendUnderTest {
  /** A new, empty place. */
  place(): Promise<Place>;
  /** Whether what was written is there when the place is opened again. */
  readonly persists: boolean;
  /** Whether time is the clock handed in, or the database's own; then the suites wait in earnest. */
  readonly time: 'given' | 'own';
  /** Whether several processes may be on one place at once; then they are tried too. */
  readonly shared: boolean;
  /** How long a grant counts as in flight when its process renews it no more, in milliseconds, if that is short enough to wait for. */
  readonly leaseMs?: number;
}

/** What a suite works with: one open backend, and a way to let time pass. */
export interface Bench {
  readonly backend: FluxoriBackend;
  now(): number;
  /** How coarse times are that are told: they are carried from one clock to another, and rounded. */
  readonly slackMs: number;
  /** By how much a time of ours may be late on the store's clock, which is known from its answers only. */
  readonly lateMs: number;
  /** Lets `ms` milliseconds go by for the backend. */
  pass(ms: number): Promise<void>;
  /** Plays a scene whose steps must follow each other in time: see `undisturbed`. Where time is given, they always do. */
  play(scene: Scene): Promise<void>;
  /** A name that no other test has. */
  unique(name: string): string;
}

/**
 * Before it asserts, it says by `inTime` how many milliseconds may have gone by since it began, or since it last said so, and how long this process may
 * have been held up in one piece meanwhile. A scene that can take its time makes its spans `stretch` times as long: 1 at first, and more where the
 * machine was too slow for that.
 */
export type Scene<Result = void> = (
  inTime: (ms: number, heldUpMs?: number) => void,
  stretch: number,
) => Promise<Result>;

const mostPlays = 20;
const mostStretch = 8;

/**
 * Plays a scene in real time. Leases end and tokens come in while a machine holds its processes up, so what is seen then says nothing about the
 * store: the scene is played again, from the start and with names of its own, whatever it would have asserted.
 *
 * @param ask - asks the store something small all the while: who holds up the store holds up this.
 */
export async function undisturbed<Result>(
  scene: Scene<Result>,
  ask?: () => Promise<unknown>,
): Promise<Result> {
  for (let play = 1; ; play++) {
    const pulse = new Pulse(ask);
    let sinceMs = performance.now();
    const disturbed = new Error(`The machine held this up ${mostPlays} times.`);
    const stretch = Math.min(2 ** Math.floor((play - 1) / 2), mostStretch);
    try {
      return await scene((ms, heldUpMs = Number.POSITIVE_INFINITY) => {
        const tookMs = performance.now() - sinceMs;
        sinceMs += tookMs;
        if (pulse.longestGapMs() > heldUpMs || tookMs > ms) throw disturbed;
      }, stretch);
    } catch (error) {
      if (error !== disturbed || play === mostPlays) throw error;
    } finally {
      pulse.stop();
    }
  }
}

/** Whether a promise settles within `ms` milliseconds of this process running: while the machine holds it up, none go by. */
export async function settlesWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  for (let tick = 0; tick < ms / tickMs && !isSettled; tick++) await sleep(tickMs);
  return isSettled;
}

const tickMs = 10;

/** Catches what a promise rejects with; undefined when it fulfils. */
export async function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown> | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error as Record<string, unknown>;
  }
}
