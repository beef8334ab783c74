import { exitCodes } from '../exit/exit-code.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { tellView } from './feed-text.js';
import { marketplaces, noWait, oneAccount, priority, vendorOptions } from './shared-options.js';
import { type SubmitOptions, submitFeed } from './submit-feed.js';

interface ShowOptions extends CommonOptions {
  account?: string;
}

/** `fluxori feeds submit|show` */
export const feedsCommand: CommandFactory = (facts) => {
  const feeds = group('feeds');
  feeds.addCommand(
    command('submit')
      .description(
        'submit a feed, wait until Amazon has worked it off, and tell what it has against which item',
      )
      .argument(
        '<file>',
        'messages of a listings feed, as JSON lines or a JSON array; with --type, the document itself',
      )
      .option(...oneAccount)
      .option(
        '-t, --type <type>',
        'the feed type of a document that is ready, e.g. POST_ORDER_FULFILLMENT_DATA',
      )
      .option('--content-type <type>', 'of the document, for a feed type that is not known here')
      .option(...marketplaces)
      .option(...vendorOptions)
      .option('--issue-locale <tag>', 'the language of what Amazon says of messages, e.g. en_ZA')
      .option(
        '--skip-refused',
        'leave messages out that Amazon’s schema refuses, instead of sending none; they are named',
      )
      .option('--one-at-a-time', 'wait until the feed of this type before it has ended')
      .option(...priority)
      .option(...noWait)
      .addHelpText(
        'after',
        [
          '\nMessages are checked by Amazon’s own schema before anything is sent, and split where one feed does not hold them.',
          'The same command again goes on with what an interrupted one has begun.',
          `It ends with ${exitCodes.partly} when Amazon refused some of the messages, with ${exitCodes.refused} when it refused all of them.`,
          '\nExamples:',
          '  fluxori feeds submit changes.jsonl',
          '  fluxori feeds submit shipments.xml --type POST_ORDER_FULFILLMENT_DATA',
          '\nA line of changes.jsonl:',
          '  {"sku":"A-1","operationType":"PATCH","productType":"SHOES","patches":[{"op":"replace","path":"/attributes/…","value":[…]}]}',
          '',
        ].join('\n'),
      )
      .action((file: string, options: SubmitOptions) =>
        submitFeed(facts, contextOf(facts, options), file, options),
      ),
  );
  feeds.addCommand(
    command('show')
      .description('show how far a feed is, and what Amazon has against which of its items')
      .argument('<feed-id>', 'as `fluxori feeds submit` or Seller Central tells it')
      .option(...oneAccount)
      .addHelpText('after', '\nExample:\n  fluxori feeds show 53664002018912\n')
      .action((id: string, options: ShowOptions) => showFeed(contextOf(facts, options), id, options)),
  );
  return feeds;
};

async function showFeed(context: CommandContext, feedId: string, options: ShowOptions): Promise<void> {
  const { terminal, signal } = context;
  await context.withApp(async (app) => {
    const { feeds } = await app.connectors.get(app.connectors.choose(options.account));
    const view = await feeds.show(feedId, { signal });
    terminal.result(view, () => tellView(terminal, view));
  });
}
