import { RemoteError } from '@fluxori/core';
import { defaultSize } from '../demo/demo-state.js';
import type { Harvest } from '../demo/messages.js';
import type { DemoSummary } from '../demo/summary.js';
import type { Terminal } from '../output/terminal.js';
import { type CommandFactory, type CommonOptions, command, contextOf } from './command-context.js';
import { wholeNumber } from './options.js';
import { minute, totalOf } from './orders.js';

interface DemoCommandOptions extends CommonOptions {
  orders?: string;
  skus?: string;
  powerCut: boolean;
}

/** `fluxori demo`: the main job on this machine, with nothing installed and no Amazon account. */
export const demoCommand: CommandFactory = (facts) =>
  command('demo')
    .option('--orders <number>', `how many orders the seller begins with (default: ${defaultSize.orders})`)
    .option('--skus <number>', `how many SKUs the seller has (default: ${defaultSize.skus})`)
    .option('--no-power-cut', 'leave the power on')
    .addHelpText('after', '\nExamples:\n  fluxori demo\n  FLUXORI_HOME=/tmp/try fluxori demo --json\n')
    .action(async (options: DemoCommandOptions) => {
      const context = contextOf(facts, options);
      const { terminal } = context;
      const loaded = await context.load();
      // Loaded for this command only, with the sandbox.
      const { runDemo } = await import('../demo/run-demo.js');
      const { summary, harvest } = await runDemo({
        terminal,
        signal: context.signal,
        home: loaded.home,
        backendUrl: loaded.backendUrl,
        size: {
          orders: options.orders === undefined ? undefined : wholeNumber('--orders')(options.orders),
          skus: options.skus === undefined ? undefined : wholeNumber('--skus', 1)(options.skus),
        },
        powerCut: options.powerCut,
        logLevel: options.logLevel ?? facts.env.FLUXORI_LOG_LEVEL ?? 'silent',
      });
      if (!terminal.json) {
        terminal.say();
        terminal.table(
          ['order', 'changed', 'status', 'lines#', 'total#'],
          harvest.latestOrders.map((order) => [
            order.orderId,
            minute(order.updatedAt),
            order.status,
            order.items.length,
            totalOf(order),
          ]),
        );
        terminal.say(`   … ${summary.orders} orders in all, ${summary.newOrders} of them new`);
        terminal.say();
        terminal.table(
          ['SKU', 'product', 'available#', 'reserved#', 'inbound#'],
          harvest.someInventory.map((level) => [
            level.sku,
            level.productId ?? '',
            level.available,
            level.reserved ?? '',
            level.inbound ?? '',
          ]),
        );
        terminal.say(`   … ${harvest.inventory} stock levels in all`);
        terminal.say();
      }
      terminal.result(summary, () => printSummary(terminal, summary, harvest));
      verify(summary);
    });

function printSummary(terminal: Terminal, summary: DemoSummary, harvest: Harvest): void {
  const { atAmazon } = summary;
  const rows: [string, string][] = [
    ['requests to Amazon', String(summary.requests)],
    ['throttled (429)', String(summary.throttled)],
    ['token calls', String(summary.tokenCalls)],
    ['power cuts survived', `${summary.powerCuts} (pages fetched twice: ${summary.repeatedPages})`],
    ['orders', `${summary.orders} here, ${atAmazon.orders} at Amazon`],
    ['stock levels', `${summary.inventory} here, ${atAmazon.inventory} at Amazon`],
    ['listings report', `${summary.reports.rows} rows in ${harvest.report?.file ?? ''}, asked for once`],
    ['feed', `${summary.feeds.accepted} of ${summary.feeds.messages} SKUs accepted, sent once`],
    ['time', `${summary.seconds} s (at Amazon's limits at least ${summary.minimumSeconds} s)`],
  ];
  for (const [name, value] of rows) terminal.say(`  ${name.padEnd(20)} ${value}`);
  terminal.say();
  terminal.say('What to try next:');
  const next: [string, string][] = [
    ['demo', 'again: only new orders come in'],
    ['fluxori orders list', 'what was imported'],
    ['fluxori limits', 'the token buckets, as they outlived the process'],
    [
      'fluxori sandbox --write-config fluxori.config.json',
      'a local Amazon to work against, from a 2nd terminal',
    ],
    ['fluxori --help', 'everything else'],
  ];
  // By npx: whoever sees this may have no pnpm of their own.
  for (const [line, what] of next) {
    terminal.say(`  ${what}`);
    terminal.say(`    npx --yes pnpm@12 ${line}`);
  }
}

/** The demo is also a check: what it promises must hold. */
function verify(summary: DemoSummary): void {
  const wrong = [
    summary.throttled > 0 && `${summary.throttled} requests were throttled`,
    summary.tokenCalls !== 1 && `${summary.tokenCalls} token calls were made instead of 1`,
    summary.orders !== summary.atAmazon.orders && 'the counts of orders differ',
    summary.inventory !== summary.atAmazon.inventory && 'the counts of stock levels differ',
    summary.reports.created !== 1 && `${summary.reports.created} reports were asked for instead of 1`,
    summary.reports.rows !== summary.atAmazon.inventory && 'the report has not a row for each SKU',
    summary.feeds.created > 1 && `${summary.feeds.created} feeds were sent instead of 1`,
    summary.feeds.accepted !== summary.feeds.messages && 'Amazon refused a part of the feed',
  ].filter((line) => line !== false);
  if (wrong.length === 0) return;
  throw new RemoteError(`The demo did not keep its promise: ${wrong.join('; ')}.`, {
    status: 0,
    retryable: false,
    remedy: 'Please report it, with the output above.',
  });
}
