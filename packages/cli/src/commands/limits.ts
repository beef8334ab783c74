import { isFluxoriError, sleep } from '@fluxori/core';
import type { RateState } from '@fluxori/network';
import { Option } from 'commander';
import type { App } from '../composition/open-app.js';
import { limitColumns, limitRow, mostUsed } from '../output/limit-table.js';
import { LiveText } from '../output/live-text.js';
import { tableText } from '../output/terminal.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommandFacts,
  type CommonOptions,
  command,
  contextOf,
} from './command-context.js';
import { wholeNumber } from './options.js';

interface LimitsOptions extends CommonOptions {
  readonly account?: string;
  readonly watch?: boolean;
  /** The height of the terminal, when the command runs at a worker's desk, which cannot see it. */
  readonly redraw?: string;
}

const tickMs = 1_000;

/** `fluxori limits`: the token buckets as they are now. */
export const limitsCommand: CommandFactory = (facts) =>
  command('limits')
    .option('-a, --account <name>', 'only the limits that this account draws from')
    .option('-w, --watch', 'show them anew every second, until Ctrl-C; with --json a line each time')
    .addOption(new Option('--redraw <rows>').hideHelp())
    .addHelpText(
      'after',
      '\nExamples:\n  fluxori limits\n  fluxori limits --watch\n  fluxori limits --account acme-za --json\n',
    )
    .action(async (options: LimitsOptions) => {
      const context = contextOf(facts, options);
      await context.withApp(async (app) => {
        if (options.watch) return watch(app, context, facts, options);
        const limits = await limitsOf(app, options.account);
        const now = Date.now();
        context.terminal.result(limits, () => {
          context.terminal.table(
            limitColumns,
            limits.map((limit) => limitRow(limit, now)),
          );
          context.terminal.say(footOf(limits));
        });
      });
    });

function footOf(limits: readonly RateState[]): string {
  return limits.length === 0
    ? 'Every bucket is full: nothing was called lately.'
    : 'A limit that is not listed has a full bucket.';
}

/** Until Ctrl-C. A store that is away for a while ends nothing: what is wrong is shown, and then the limits again. */
async function watch(
  app: App,
  { terminal, signal }: CommandContext,
  facts: CommandFacts,
  options: LimitsOptions,
): Promise<void> {
  const rows = options.redraw === undefined ? facts.stdout.rows : wholeNumber('--redraw', 1)(options.redraw);
  const isLive = terminal.interactive || (!terminal.json && options.redraw !== undefined);
  const live = isLive ? new LiveText((text) => void facts.stdout.write(text), rows ?? 24) : undefined;
  while (!signal.aborted) {
    const at = new Date();
    try {
      const limits = await limitsOf(app, options.account);
      terminal.result({ at, limits }, () => show(limits, at, live, (line) => terminal.say(line)));
    } catch (error) {
      if (!isFluxoriError(error) || !error.retryable) throw error;
      const { code, message } = error;
      terminal.result({ at, error: { code, message } }, () => {
        if (live) live.show([headOf(at), message]);
        else terminal.say(`${headOf(at)} ${message}`);
      });
    }
    await sleep(Math.max(0, at.getTime() + tickMs - Date.now()), signal).catch(() => undefined);
  }
}

function show(
  limits: readonly RateState[],
  at: Date,
  live: LiveText | undefined,
  say: (line: string) => void,
): void {
  // Beside the rows: when it was, the names of the columns, the foot, and the line on which the cursor stands.
  const shown = mostUsed(limits, live === undefined ? limits.length : Math.max(1, live.rows - 4));
  const table = tableText(
    limitColumns,
    shown.map((limit) => limitRow(limit, at.getTime())),
  );
  const left = limits.length - shown.length;
  const foot = left > 0 ? `… and ${left} more in which less goes on.` : footOf(limits);
  const lines = [headOf(at), ...table.split('\n'), foot];
  if (live) live.show(lines);
  else for (const line of lines) say(line);
}

function headOf(at: Date): string {
  return `${at.toISOString().slice(11, 19)} UTC`;
}

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
