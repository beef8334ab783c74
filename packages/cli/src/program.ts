import { Command, CommanderError } from 'commander';
import type { CommandFactory, ProcessFacts } from './commands/command-context.js';
import { configCommand } from './commands/config-check.js';
import { demoCommand } from './commands/demo.js';
import { healthCommand } from './commands/health.js';
import { inventoryCommand } from './commands/inventory.js';
import { jobsCommand } from './commands/jobs.js';
import { limitsCommand } from './commands/limits.js';
import { ordersCommand } from './commands/orders.js';
import { sandboxCommand } from './commands/sandbox.js';
import { workerCommand } from './commands/worker.js';
import { exitCodes, exitKindOf } from './exit/exit-code.js';
import { printError } from './output/print-error.js';
import { Terminal } from './output/terminal.js';

const commands: readonly CommandFactory[] = [
  demoCommand,
  sandboxCommand,
  workerCommand,
  ordersCommand,
  inventoryCommand,
  jobsCommand,
  limitsCommand,
  healthCommand,
  configCommand,
];

/**
 * Runs one command line, e.g. `['orders', 'list', '--json']`.
 * @returns the exit code; see `exitCodes`.
 */
export async function run(args: readonly string[], facts: ProcessFacts): Promise<number> {
  const program = programOf(facts);
  try {
    await program.parseAsync([...args], { from: 'user' });
    // A worker or a sandbox that was told to stop has done what it was told.
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const kind = facts.signal.aborted ? 'interrupted' : exitKindOf(error);
    const terminal = new Terminal({ ...facts, json: args.includes('--json') });
    if (kind === 'interrupted') terminal.warn('Interrupted. What is not done stays in the queue.');
    else printError(terminal, error, { stack: facts.env.FLUXORI_DEBUG !== undefined });
    return exitCodes[kind];
  }
}

function programOf(facts: ProcessFacts): Command {
  const program = new Command('fluxori')
    .description(
      'Marketplace connectors: put the work in, and it gets done, as fast as the limits allow and never faster.',
    )
    .showHelpAfterError('(add --help for help)')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  fluxori demo                       see it work, without an Amazon account',
        '  fluxori config check               is the configuration right?',
        '  fluxori orders import              bring in what is new',
        '  fluxori jobs list --state parked   what waits, and why',
        '',
        `Exit codes: ${Object.entries(exitCodes)
          .map(([name, code]) => `${code} ${name}`)
          .join(', ')}`,
        '',
      ].join('\n'),
    );
  for (const create of commands) program.addCommand(create(facts));
  prepare(program, facts);
  return program;
}

/** Output and exit go through us, in every subcommand. */
function prepare(command: Command, facts: ProcessFacts): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void facts.stdout.write(text),
    writeErr: (text) => void facts.stderr.write(text),
  });
  for (const sub of command.commands) prepare(sub, facts);
}
