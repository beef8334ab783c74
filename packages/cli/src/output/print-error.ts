import { isFluxoriError } from '@fluxori/core';
import { cleanFields, maskCredentials } from '@fluxori/observability';
import { type ExitKind, exitCodes, exitKindOf } from '../exit/exit-code.js';
import type { Terminal } from './terminal.js';

export interface PrintOptions {
  /** How the process ends; what the error says by default. */
  readonly kind?: ExitKind;
  readonly stack?: boolean;
}

/**
 * Tells a person (or, with `--json`, a program) what went wrong and what to do.
 * An error that is not ours is a defect: its stack is shown only when it is asked for, since it may hold anything. Of all that is printed,
 * credentials in addresses are hidden.
 */
export function printError(terminal: Terminal, error: unknown, options: PrintOptions = {}): void {
  const { kind = exitKindOf(error) } = options;
  if (terminal.json) {
    const plain = isFluxoriError(error) ? error.toJSON() : { name: 'Error', message: messageOf(error) };
    const exitCode = exitCodes[kind];
    terminal.warn(JSON.stringify({ error: { kind, exitCode, ...cleanFields(plain) } }));
    return;
  }
  if (kind === 'interrupted') {
    terminal.warn('Interrupted. What is not done stays in the queue.');
    return;
  }
  const warn = (line: string) => terminal.warn(maskCredentials(line));
  warn(`fluxori: ${withoutRemedy(error)}`);
  if (isFluxoriError(error)) {
    const facts = [
      error.operation && `operation ${error.operation}`,
      error.account && `account ${error.account}`,
      error.requestId && `request id ${error.requestId}`,
    ].filter(Boolean);
    if (facts.length > 0) warn(`  (${facts.join(', ')})`);
    if (error.remedy) warn(`  What to do: ${error.remedy}`);
  } else if (options.stack && error instanceof Error) {
    warn(error.stack ?? '');
  }
}

/** Some messages end with their remedy, for logs; here it has a line of its own. */
function withoutRemedy(error: unknown): string {
  const message = messageOf(error);
  const remedy = isFluxoriError(error) ? error.remedy : undefined;
  const short = remedy && message.endsWith(remedy) ? message.slice(0, -remedy.length).trimEnd() : '';
  return short || message;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
