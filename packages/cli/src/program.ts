import { readFileSync } from 'node:fs';
import { isErrorOf, ValidationError } from '@fluxori/core';
import { Command, CommanderError, Help, type Option } from 'commander';
import type { CommandFacts, ProcessFacts } from './commands/command-context.js';
import { commandTable } from './commands/command-table.js';
import { commonOptions } from './commands/common-options.js';
import { askAtDesk } from './desk/ask-at-desk.js';
import { deskPath } from './desk/desk-path.js';
import { type ExitKind, exitCodes, exitKindOf, exitTable } from './exit/exit-code.js';
import { Terminal } from './output/terminal.js';

/**
 * Runs one command line, e.g. `['orders', 'list', '--json']`.
 * @returns the exit code; see `exitCodes`.
 */
export async function run(args: readonly string[], facts: ProcessFacts): Promise<number> {
  const terminal = new Terminal({ ...facts, json: args.includes('--json') });
  // A worker or a sandbox that was told to stop has done what it was told.
  const end: { kind: ExitKind } = { kind: 'ok' };
  const exitWith = (kind: ExitKind) => {
    end.kind = kind;
  };
  try {
    const program = await programOf({ ...facts, run, exitWith }, (name) => args.includes(name));
    await program.parseAsync([...args], { from: 'user' });
    if (end.kind === 'partly' || end.kind === 'refused') terminal.warn(endText(end.kind));
    return exitCodes[end.kind];
  } catch (caught) {
    let error = caught;
    try {
      const answered = await answeredAtDesk(args, facts, error);
      if (answered !== undefined) return answered;
    } catch (aborted) {
      error = aborted;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const kind = facts.signal.aborted ? 'interrupted' : exitKindOf(error);
    const { printError } = await import('./output/print-error.js');
    printError(terminal, error, { kind, stack: facts.env.FLUXORI_DEBUG !== undefined });
    return exitCodes[kind];
  }
}

function endText(kind: 'partly' | 'refused'): string {
  const what = kind === 'partly' ? 'Some of it was' : 'All of it was';
  return `${what} refused or failed: exit code ${exitCodes[kind]}.`;
}

/** These have a process of their own, or need the folder for themselves. */
const neverAtDesk: ReadonlySet<string | undefined> = new Set(['worker', 'demo', 'sandbox']);

/** The folder belongs to another process: if that is a worker, it runs the command for us. */
async function answeredAtDesk(
  args: readonly string[],
  facts: ProcessFacts,
  error: unknown,
): Promise<number | undefined> {
  if (!isErrorOf(error, 'ConfigurationError') || error.code !== 'BACKEND_IN_USE') return undefined;
  const folder = error.details?.folder;
  const path = typeof folder === 'string' ? deskPath(folder) : undefined;
  if (path === undefined || neverAtDesk.has(args[0])) return undefined;
  const isWatch = args[0] === 'limits' && (args.includes('--watch') || args.includes('-w'));
  if (!isWatch) return askAtDesk(path, args, facts);
  // The worker does not see the terminal, and who ends the watching has seen what he wanted.
  const { isTTY, rows = 24 } = facts.stdout;
  return askAtDesk(path, isTTY ? [...args, '--redraw', String(rows)] : args, facts).catch(
    (error: unknown) => {
      if (facts.signal.aborted) return exitCodes.ok;
      throw error;
    },
  );
}

/**
 * The tree of commands.
 * @param isCalled - tells by its name which command is loaded; of the others there is what the list of all commands shows.
 */
export async function programOf(
  facts: CommandFacts,
  isCalled: (name: string) => boolean = () => true,
): Promise<Command> {
  const program = new Command('fluxori')
    .description(
      'Marketplace connectors: put the work in, and it gets done, as fast as the limits allow and never faster.',
    )
    .version(ownVersion(), '-V, --version', 'print the version')
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
        'Exit codes:',
        ...Object.values(exitTable).map(({ code, means }) => `  ${String(code).padStart(3)}  ${means}`),
        '',
      ].join('\n'),
    );
  for (const { name, what, load } of commandTable) {
    const command = isCalled(name) ? (await load())(facts) : new Command(name);
    program.addCommand(command.description(what));
  }
  prepare(program, facts);
  return program;
}

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Output, usage errors and exit go through us, in every subcommand. */
function prepare(command: Command, facts: ProcessFacts, path = 'fluxori'): void {
  command
    .configureHelp({ visibleOptions: ownOptionsFirst })
    .configureOutput({
      writeOut: (text) => void facts.stdout.write(text),
      writeErr: (text) => void facts.stderr.write(text),
      outputError: () => {},
    })
    .exitOverride((error) => {
      // Help was asked for, or no subcommand was named and it was shown.
      if (error.exitCode === 0 || error.code === 'commander.help') throw error;
      throw usageError(error, command, path);
    });
  for (const sub of command.commands) prepare(sub, facts, `${path} ${sub.name()}`);
}

/** What every command has comes last, so that what this one is for is seen first. */
function ownOptionsFirst(command: Command): Option[] {
  const all = new Help().visibleOptions(command);
  const isCommon = ({ long }: Option) => long === '--help' || (long !== undefined && commonOptions.has(long));
  return [...all.filter((option) => !isCommon(option)), ...all.filter(isCommon)];
}

function usageError(error: CommanderError, command: Command, path: string): ValidationError {
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\n\((.*)\)$/, '. $1')
    .replace(/[^.?!]$/, '$&.');
  return new ValidationError(text.charAt(0).toUpperCase() + text.slice(1), {
    remedy: `${placeOfArgument(error, command)}See \`${path} --help\`.`,
    cause: error,
  });
}

/** `--marketplace ZA file`: what was meant for an argument has become a value of the option. */
function placeOfArgument({ code }: CommanderError, command: Command): string {
  if (code !== 'commander.missingArgument') return '';
  const taker = command.options.find(
    (option) => option.variadic && command.getOptionValue(option.attributeName()) !== undefined,
  );
  return taker === undefined ? '' : `Write it before ${taker.long}, which takes all that follows. `;
}
