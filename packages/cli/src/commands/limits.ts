import type { RateState } from '@fluxori/network';
import type { App } from '../composition/open-app.js';
import { spanText } from '../output/wait-text.js';
import { type CommandFactory, type CommonOptions, command, contextOf } from './command-context.js';

/** `fluxori limits`: the token buckets as they are now. */
export const limitsCommand: CommandFactory = (facts) =>
  command('limits')
    .description('show the live token buckets: level, rate, who waits, when the next token comes')
    .option('-a, --account <name>', 'only the limits that this account draws from')
    .addHelpText('after', '\nExamples:\n  fluxori limits\n  fluxori limits --account acme-za --json\n')
    .action(async (options: CommonOptions & { account?: string }) => {
      const context = contextOf(facts, options);
      await context.withApp(async (app) => {
        const limits = await limitsOf(app, options.account);
        const now = Date.now();
        context.terminal.result(limits, () => {
          context.terminal.table(
            ['limit', 'level#', 'burst#', 'rate#', 'in flight#', 'waiting#', 'next token'],
            limits.map((limit) => [
              limit.label,
              (Math.floor(limit.level * 100) / 100).toFixed(2),
              limit.burst,
              rateText(limit.ratePerSecond),
              limit.inFlight,
              limit.waiting,
              limit.level >= 1 ? 'now' : `in ${spanText(limit.nextTokenAt.getTime() - now)}`,
            ]),
          );
          context.terminal.say(
            limits.length === 0
              ? 'Every bucket is full: nothing was called lately.'
              : 'A limit that is not listed has a full bucket.',
          );
        });
      });
    });

/** By the connectors, which know their limits by name; and what else lies in the backend, when no account was named. */
async function limitsOf(app: App, account: string | undefined): Promise<readonly RateState[]> {
  const accounts = account === undefined ? app.connectors.accountIds : [app.connectors.choose(account)];
  const named = new Map<string, RateState>();
  for (const id of accounts) {
    for (const limit of await (await app.connectors.get(id)).limits()) named.set(limit.key, limit);
  }
  if (account !== undefined) return [...named.values()];
  const all = await app.tracker.inspect();
  return all.map((state) => named.get(state.key) ?? { ...state, label: shortened(state.key) });
}

/** `sp-api/<client id>/<seller>/<region>/<operation>`: the operation first, and no client id, which all limits of an application share. */
function shortened(key: string): string {
  const [, , holder, ...rest] = key.split('/');
  return holder === undefined || rest.length === 0 ? key : `${rest.at(-1)}@${holder}`;
}

/** `2 a second`, or for a slow one `1 in 2 min 59 s`. */
function rateText(perSecond: number): string {
  return perSecond >= 1 ? `${perSecond} a second` : `1 in ${spanText(1000 / perSecond)}`;
}
