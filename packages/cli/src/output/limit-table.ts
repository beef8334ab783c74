import type { RateState } from '@fluxori/network';
import { spanText } from './wait-text.js';

/** The columns of a table of limits; those with `#` are numbers. */
export const limitColumns = [
  'limit',
  'level#',
  'burst#',
  'rate#',
  'from',
  'in flight#',
  'waiting#',
  'next token',
];

/** @param now - milliseconds since the epoch. */
export function limitRow(limit: RateState, now: number): readonly (string | number)[] {
  return [
    limit.label,
    (Math.floor(limit.level * 100) / 100).toFixed(2),
    limit.burst,
    rateText(limit.ratePerSecond),
    sourceText(limit),
    limit.inFlight,
    limit.waiting,
    limit.level >= 1 ? 'now' : `in ${spanText(limit.nextTokenAt.getTime() - now)}`,
  ];
}

/** Those in which most goes on, as many as fit; in order of their names, so that they do not jump about. */
export function mostUsed(limits: readonly RateState[], count: number): readonly RateState[] {
  const fullness = ({ level, burst }: RateState) => level / burst;
  const chosen = [...limits]
    .sort((a, b) => b.waiting - a.waiting || fullness(a) - fullness(b))
    .slice(0, count);
  return chosen.sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** Where the rate comes from; and how much of it is ours, when another program draws from the same limit. */
function sourceText({ source, yielding }: RateState): string {
  const from = source ?? 'another process';
  if (yielding === undefined) return from;
  return `${from}; shared with another program: ${Math.round(yielding.share * 100)} % is ours`;
}

/** `2 a second`, or for a slow one `1 in 2 min 59 s`. */
function rateText(perSecond: number): string {
  return perSecond >= 1 ? `${perSecond} a second` : `1 in ${spanText(1000 / perSecond)}`;
}
