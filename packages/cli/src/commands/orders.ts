import {
  type AccountId,
  accountId,
  ConfigurationError,
  NotFoundError,
  type Order,
  orderId,
} from '@fluxori/core';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { priorityOption, sinceOption, storedAccount, wholeNumber } from './options.js';
import { type JobRequest, runJob, tellQueued } from './run-job.js';
import { limitOf, noWait, oneAccount, onlyAccount, priority } from './shared-options.js';
import { ordersImportJob } from './sync-jobs.js';

interface ImportOptions extends CommonOptions {
  account?: string;
  since?: string;
  priority?: string;
  recipient?: boolean;
  buyer?: boolean;
  wait: boolean;
}

interface ShowOptions extends CommonOptions {
  account?: string;
  personal?: boolean;
}

interface ListOptions extends CommonOptions {
  account?: string;
  limit: string;
}

/** `fluxori orders import|list|show` */
export const ordersCommand: CommandFactory = (facts) => {
  const orders = group('orders');
  orders.addCommand(
    command('import')
      .description('bring in the orders that are new or changed since the last import')
      .option(...oneAccount)
      .option('--since <when>', 'the first import begins here: a date, or a span such as 7d (default: 30d)')
      .option(...priority)
      .option(
        '--recipient',
        'with the delivery address: personal data, which is kept sealed and deleted in its time',
      )
      .option('--buyer', 'with the buyer’s e-mail address, in the same way')
      .option(...noWait)
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori orders import\n  fluxori orders import --account acme-za --since 7d\n',
      )
      .action((options: ImportOptions) => importOrders(contextOf(facts, options), options)),
  );
  orders.addCommand(
    command('list')
      .description('list the orders that were imported, the last changed first')
      .option(...onlyAccount)
      .option(...limitOf(20))
      .addHelpText('after', '\nExamples:\n  fluxori orders list --limit 50\n  fluxori orders list --json\n')
      .action((options: ListOptions) => listOrders(contextOf(facts, options), options)),
  );
  orders.addCommand(
    command('show')
      .description('show one imported order')
      .argument('<order-id>', 'e.g. 902-1234567-1234567')
      .option(...onlyAccount)
      .option('--personal', 'with what is kept of buyer and recipient; each look is told to the audit trail')
      .addHelpText('after', '\nExample:\n  fluxori orders show 902-1234567-1234567\n')
      .action((id: string, options: ShowOptions) => showOrder(contextOf(facts, options), id, options)),
  );
  return orders;
};

async function importOrders(context: CommandContext, options: ImportOptions): Promise<void> {
  const since = options.since === undefined ? undefined : sinceOption(options.since);
  const priority = options.priority === undefined ? undefined : priorityOption(options.priority);
  await context.withApp(async (app, { sealKeys }) => {
    const account = app.connectors.choose(options.account);
    const personal = personalPayload(options);
    if (Object.keys(personal).length > 0 && sealKeys === undefined) throw noKey();
    const outcome = await runJob(
      app,
      {
        ...importJob(account, personal),
        payload: { ...personal, ...(since !== undefined && { since: since.toISOString() }) },
        ...(priority && { priority }),
      },
      { terminal: context.terminal, signal: context.signal, wait: options.wait },
    );
    context.terminal.result(outcome, () => {
      if (outcome.result === undefined) tellQueued(context.terminal, outcome);
      else {
        const { inserted, updated, pages } = outcome.result as {
          inserted: number;
          updated: number;
          pages: number;
        };
        context.terminal.say(
          `${inserted} new orders, ${updated} changed, from ${pages} page${pages === 1 ? '' : 's'}.`,
        );
      }
    });
  });
}

async function listOrders(context: CommandContext, options: ListOptions): Promise<void> {
  const limit = wholeNumber('--limit', 1)(options.limit);
  await context.withApp(async (app) => {
    const query = storedAccount(options);
    const orders = await app.backend.records.list('order', { ...query, limit });
    const total = await app.backend.records.count('order', query);
    app.connectors.checkKnown(options.account, total === 0);
    context.terminal.result({ total, orders }, () => {
      context.terminal.table(
        ['order', 'account', 'placed', 'changed', 'status', 'lines#', 'total#'],
        orders.map((order) => [
          order.orderId,
          order.accountId,
          minute(order.purchasedAt),
          minute(order.updatedAt),
          order.status,
          order.items.length,
          totalOf(order),
        ]),
      );
      context.terminal.say(`${orders.length} of ${total} orders.`);
    });
  });
}

async function showOrder(context: CommandContext, id: string, options: ShowOptions): Promise<void> {
  await context.withApp(async (app) => {
    const accounts =
      options.account === undefined ? await accountsWithRecords(app) : [accountId(options.account)];
    for (const account of accounts) {
      const { personal = false } = options;
      const order = await app.backend.records.get('order', account, orderId(id), { personal });
      if (order === undefined) continue;
      context.terminal.result(order, () => printOrder(context, order));
      return;
    }
    app.connectors.checkKnown(options.account, true);
    throw new NotFoundError(`Order ${id} has not been imported.`, {
      field: 'order-id',
      remedy: 'Look at `fluxori orders list`, or bring in what is new with `fluxori orders import`.',
    });
  });
}

async function accountsWithRecords(app: Parameters<Parameters<CommandContext['withApp']>[0]>[0]) {
  const configured = app.connectors.accountIds;
  if (configured.length > 0) return configured;
  const orders = await app.backend.records.list('order', { limit: 1 });
  return orders.map((order) => order.accountId);
}

function printOrder(context: CommandContext, order: Order): void {
  const { terminal } = context;
  terminal.say(`Order ${order.orderId} of ${order.accountId}: ${order.status} (${order.platformStatus})`);
  terminal.say(
    `  placed ${minute(order.purchasedAt)}, changed ${minute(order.updatedAt)}, ${totalOf(order) || 'no total'}`,
  );
  for (const line of personLines(order)) terminal.say(`  ${line}`);
  terminal.table(
    ['SKU', 'product', 'title', 'ordered#', 'shipped#', 'line#'],
    order.items.map((item) => [
      item.sku ?? '',
      item.productId ?? '',
      (item.title ?? '').slice(0, 50),
      item.quantityOrdered,
      item.quantityShipped,
      item.lineTotal ? `${item.lineTotal.currency} ${item.lineTotal.amount}` : '',
    ]),
  );
}

/** One that brings persons does not join one that does not. */
function importJob(account: AccountId, personal: Record<string, true>): JobRequest {
  const job = ordersImportJob(account);
  return { ...job, dedupeKey: [job.dedupeKey, ...Object.keys(personal)].join('.') };
}

/** Who it goes to, and who bought it, as far as it was asked for and is kept. */
function personLines({ buyerEmail, shipTo }: Order): string[] {
  const { city, countryCode, lines = [], name, phone, postalCode, stateOrRegion } = shipTo ?? {};
  const address = [name, ...lines, city, stateOrRegion, postalCode, countryCode, phone];
  return [
    ...(shipTo === undefined ? [] : [`to ${address.filter(Boolean).join(', ')}`]),
    ...(buyerEmail === undefined ? [] : [`bought by ${buyerEmail}`]),
  ];
}

function personalPayload({ buyer, recipient }: ImportOptions): Record<string, true> {
  return { ...(recipient && { includeRecipient: true }), ...(buyer && { includeBuyer: true }) };
}

function noKey(): ConfigurationError {
  return new ConfigurationError('Personal data is kept sealed only, and there is no key to seal it with.', {
    field: 'FLUXORI_SEAL_KEY',
    remedy:
      'Make a key with `fluxori secrets generate-key` and set FLUXORI_SEAL_KEY, or leave out --recipient and --buyer.',
  });
}

export function totalOf(order: Order): string {
  return order.total ? `${order.total.currency} ${order.total.amount}` : '';
}

export function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
