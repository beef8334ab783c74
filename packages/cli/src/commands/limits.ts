import { type CommandFactory, type CommonOptions, command, contextOf } from './command-context.js';

/** `fluxori limits`: the token buckets as they are now. */
export const limitsCommand: CommandFactory = (facts) =>
  command('limits')
    .description('show the live token buckets: level, rate, who waits, when the next token comes')
    .option('-p, --prefix <text>', 'only buckets whose name begins like this', '')
    .addHelpText('after', '\nExamples:\n  fluxori limits\n  fluxori limits --json\n')
    .action(async (options: CommonOptions & { prefix: string }) => {
      const context = contextOf(facts, options);
      await context.withApp(async (app) => {
        const buckets = await app.backend.buckets.inspect(options.prefix);
        const now = Date.now();
        context.terminal.result(buckets, () => {
          context.terminal.table(
            ['bucket', 'level#', 'burst#', 'rate/s#', 'in flight#', 'waiting#', 'next token'],
            buckets.map((bucket) => [
              bucket.key,
              (Math.floor(bucket.level * 100) / 100).toFixed(2),
              bucket.burst,
              bucket.ratePerSecond,
              bucket.inFlight,
              bucket.waiting,
              bucket.level >= 1 ? 'now' : `in ${Math.max(0, Math.ceil((bucket.nextTokenAt - now) / 1000))} s`,
            ]),
          );
          context.terminal.say(
            buckets.length === 0
              ? 'No bucket holds less than its burst: nothing was called lately.'
              : 'A bucket that is not listed is full.',
          );
        });
      });
    });
