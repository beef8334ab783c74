import type { JsonValue } from '@fluxori/core';
import type { Yielding } from './yielding.js';

/** What Amazon has been seen to announce lies between 0.0005 and 500; anything far outside is not a rate. */
const believable = { lowest: 0.000_01, highest: 1_000 };

/** A rate that the remote side announced. */
export interface Observed {
  /** Counts changes: the higher of two is the later one. */
  readonly turn: number;
  readonly ratePerSecond: number;
}

/** What was learnt about one bucket, as all processes share it. */
export interface KnownLimit {
  readonly observed?: Observed;
  readonly yielding?: Yielding & {
    /** The whole limit, for those who have not used the bucket. */
    readonly ratePerSecond: number;
    readonly burst: number;
    /** For how long the bucket pauses after the refusal, in milliseconds. */
    readonly pauseMs: number;
  };
}

/**
 * What both know. Each part is the later of the two, and of equally late ones the more careful one; so it does not matter in which order, or
 * how often, processes exchange what they know.
 */
export function merged(one: KnownLimit, other: KnownLimit): KnownLimit {
  const observed = later(one.observed, other.observed, (known) => known.ratePerSecond);
  const yielding = later(one.yielding, other.yielding, (known) => known.share);
  return { ...(observed && { observed }), ...(yielding && { yielding }) };
}

function later<Part extends { readonly turn: number }>(
  one: Part | undefined,
  other: Part | undefined,
  size: (part: Part) => number,
): Part | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.turn !== other.turn) return one.turn > other.turn ? one : other;
  return size(one) <= size(other) ? one : other;
}

/** How it is stored. */
export function recordOf({ observed, yielding }: KnownLimit): JsonValue {
  const record: Record<string, JsonValue> = {};
  if (observed !== undefined) record.observed = { ...observed };
  if (yielding !== undefined) record.yielding = { ...yielding };
  return record;
}

/** A stored value as what it says, without the parts that make no sense. */
export function knownLimitFrom(value: JsonValue | undefined): KnownLimit {
  if (!isObject(value)) return {};
  const { observed, yielding } = value;
  return {
    ...(isObserved(observed) && { observed }),
    ...(isYielding(yielding) && { yielding }),
  };
}

/** A rate in requests per second, or undefined when the text or stored value cannot be one. */
export function believableRate(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\s*\d+(\.\d+)?([eE]-?\d+)?\s*$/.test(value)) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const rate = Number(value);
  return rate >= believable.lowest && rate <= believable.highest ? rate : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObserved(value: unknown): value is Observed {
  return (
    isObject(value) &&
    Number.isInteger(value.turn) &&
    typeof value.ratePerSecond === 'number' &&
    believableRate(value.ratePerSecond) !== undefined
  );
}

function isYielding(value: unknown): value is NonNullable<KnownLimit['yielding']> {
  if (!isObject(value)) return false;
  const { turn, at, since, share, peak, ratePerSecond, burst, pauseMs } = value;
  const numbers = [turn, at, since, share, peak, ratePerSecond, burst, pauseMs];
  return (
    numbers.every((one) => typeof one === 'number' && Number.isFinite(one)) &&
    isPart(share) &&
    isPart(peak) &&
    Number(share) <= Number(peak) &&
    Number(ratePerSecond) > 0 &&
    Number(burst) >= 1
  );
}

function isPart(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 1;
}
