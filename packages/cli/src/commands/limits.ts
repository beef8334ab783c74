import type { RateState } from '@fluxori/network';
import type { App } from '../composition/open-app.js';
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
            ['limit', 'level#', 'burst#', 'rate/s#', 'in flight#', 'waiting#', 'next token'],
            limits.map((limit) => [
              limit.label,
              (Math.floor(limit.level * 100) / 100).toFixed(2),
              limit.burst,
              limit.ratePerSecond,
              limit.inFlight,
              limit.waiting,
              limit.level >= 1
                ? 'now'
                : `in ${Math.max(0, Math.ceil((limit.nextTokenAt.getTime() - now) / 1000))} s`,
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

/** Of one account by its connector, which knows their names; else of everything in the backend. */
async function limitsOf(app: App, account: string | undefined): Promise<readonly RateState[]> {
  if (account !== undefined) return (await app.connectors.get(app.connectors.choose(account))).limits();
  const states = await app.tracker.inspect();
  return states.map((state) =>
    state.label === state.key ? { ...state, label: shortened(state.key) } : state,
  );
}

/** `sp-api/<client id>/<seller>/<region>/<operation>` without the long beginning that all limits of an application share. */
function shortened(key: string): string {
  return key.split('/').slice(2).join(' ') || key;
}
