import type { Readable } from 'node:stream';
import { type Logger, type Metrics, silentLogger } from '@fluxori/core';
import { globalTracing, pinoLogger } from '@fluxori/observability';
import { Command } from 'commander';
import type { App } from '../composition/open-app.js';
import type { LogLevel } from '../config/config.js';
import type { Environment } from '../config/environment.js';
import { type LoadedConfig, loadConfig } from '../config/load-config.js';
import { endSoon } from '../exit/end-soon.js';
import type { ExitKind } from '../exit/exit-code.js';
import { Terminal, type TerminalOptions } from '../output/terminal.js';
import { logLevelOption } from './options.js';

/** What the process gives to a command; a test passes its own. */
export interface ProcessFacts extends Omit<TerminalOptions, 'json'> {
  readonly env: Environment;
  readonly cwd: string;
  /** Where a secret is read from: a pipe, or the person's keyboard. */
  readonly stdin?: Readable & { readonly isTTY?: boolean };
  /** Aborted when the person presses Ctrl-C or the system asks the process to stop. */
  readonly signal: AbortSignal;
  /** The parts of a worker at whose desk the command runs; without it, the command opens its own. */
  readonly shared?: { readonly app: App; readonly loaded: LoadedConfig };
}

/** What `run` adds for its commands. */
export interface CommandFacts extends ProcessFacts {
  /** Runs another command line, e.g. one that came to the desk. */
  readonly run: (args: readonly string[], facts: ProcessFacts) => Promise<number>;
  /** Ends with this code although nothing was thrown. */
  readonly exitWith: (kind: ExitKind) => void;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly config?: string;
  readonly backend?: string;
  readonly json?: boolean;
  readonly logLevel?: string;
}

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly env: Environment;
  readonly cwd: string;
  /** Ends with this code although nothing was thrown. */
  readonly exitWith: (kind: ExitKind) => void;
  load(): Promise<LoadedConfig>;
  logger(loaded: LoadedConfig): Logger;
  /**
   * Opens the program's parts, runs `work`, and closes them again, whatever happens.
   *
   * @param watch - opens what looks on from before the first part is there until after the last one has gone.
   */
  withApp<T>(
    work: (app: App, loaded: LoadedConfig) => Promise<T>,
    watch?: (loaded: LoadedConfig, logger: Logger) => Promise<Watch>,
  ): Promise<T>;
}

/** Looks on while the program works. */
export interface Watch extends AsyncDisposable {
  readonly metrics: Metrics;
}

/** @param logLevel - when nobody has said: a command tells its person itself, a worker's log is read later. */
export function contextOf(
  facts: CommandFacts,
  options: CommonOptions,
  logLevel: LogLevel = 'silent',
): CommandContext {
  // An SDK that was loaded before us (`node --import ./telemetry.js`) gets our spans, of every command.
  const tracing = globalTracing();
  const terminal = new Terminal({ ...facts, json: options.json ?? false });
  const load = () =>
    loadConfig({
      env: facts.env,
      cwd: facts.cwd,
      ...(options.config !== undefined && { file: options.config }),
      ...(options.backend !== undefined && { backend: options.backend }),
    });
  const logger = (loaded: LoadedConfig) => {
    const asked = options.logLevel ?? facts.env.FLUXORI_LOG_LEVEL;
    const level = asked === undefined ? (loaded.config.log.level ?? logLevel) : logLevelOption(asked);
    return level === 'silent' ? silentLogger : pinoLogger(level, facts.stderr, { tracing });
  };
  return {
    terminal,
    signal: facts.signal,
    env: facts.env,
    cwd: facts.cwd,
    exitWith: facts.exitWith,
    load,
    logger,
    async withApp(work, watch) {
      if (facts.shared !== undefined) return await work(facts.shared.app, facts.shared.loaded);
      const loaded = await load();
      const log = logger(loaded);
      await using looker = await watch?.(loaded, log);
      // Loaded now, so that help and refusals of wrong usage need not wait for it.
      const { openApp } = await import('../composition/open-app.js');
      const opening = openApp(loaded, {
        logger: log,
        tracing,
        ...(looker && { metrics: looker.metrics }),
      });
      if (!isLocal(loaded.backendUrl))
        return await endSoon(opening, (app) => work(app, loaded), facts.signal);
      await using app = await opening;
      return await work(app, loaded);
    },
  };
}

/** A store of this process alone is never away. */
function isLocal(backendUrl: string): boolean {
  return /^(memory|pglite):/i.test(backendUrl);
}

/** A command with the common options on it. */
export function command(name: string): Command {
  return new Command(name)
    .option('-c, --config <file>', 'configuration file (default: fluxori.config.json, or FLUXORI_CONFIG)')
    .option(
      '-b, --backend <url>',
      'where state lives: pglite:./data, redis://…, postgres://… (or FLUXORI_BACKEND)',
    )
    .option('--log-level <level>', 'debug, info, warn, error or silent (or FLUXORI_LOG_LEVEL)')
    .option('--json', 'print the result as one JSON line, for programs');
}

/** A command that only holds others, and so takes no options: they would be taken from those behind it. */
export function group(name: string): Command {
  return new Command(name);
}

/** How a command registers itself: given the process, it yields its commander part. */
export type CommandFactory = (facts: CommandFacts) => Command;
