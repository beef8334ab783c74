import { priorities } from '@fluxori/core';

/** Options that several commands have, in one wording: `.option(...oneAccount)`. */

type OptionWords = readonly [flags: string, description: string];

/** For a command that works for one account. */
export const oneAccount: OptionWords = [
  '-a, --account <name>',
  'the account; may be left out when there is only one',
];

/** For a command that looks at all accounts unless one is named. */
export const onlyAccount: OptionWords = ['-a, --account <name>', 'only this account'];

export const marketplaces: OptionWords = [
  '-m, --marketplace <names...>',
  'ids or country codes, by spaces or commas (default: those of the account)',
];

export const vendorOptions: OptionWords = [
  '--option <name=value...>',
  "Amazon's options of this type, by spaces",
];

export const priority: OptionWords = [
  '--priority <priority>',
  `${Object.keys(priorities).join(', ')} (default: the usual one of this kind of job)`,
];

export const noWait: OptionWords = ['--no-wait', 'only queue it; a worker will do it'];

/** @param many - when nobody has said. */
export function limitOf(many: number): [flags: string, description: string, many: string] {
  return ['-n, --limit <number>', 'how many at the most', String(many)];
}
