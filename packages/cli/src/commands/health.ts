import { type Health, healthOf } from '@fluxori/core';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
} from './command-context.js';

/** `fluxori health`: how every part is; exit code 7 when one is down. */
export const healthCommand: CommandFactory = (facts) =>
  command('health')
    .addHelpText('after', '\nExamples:\n  fluxori health\n  fluxori health --json\n')
    .action(async (options: CommonOptions) => {
      const context = contextOf(facts, options);
      const health = await context.withApp(async (app) => {
        const parts: Record<string, Health> = { backend: await app.backend.health() };
        for (const account of app.connectors.accountIds) {
          parts[account] = await (await app.connectors.get(account)).health();
        }
        parts.queues = await app.queues.health();
        return healthOf(parts);
      });
      context.terminal.result(health, () => printHealth(context, 'fluxori', health, 0));
      if (health.status === 'down') context.exitWith('network');
    });

function printHealth(context: CommandContext, name: string, health: Health, depth: number): void {
  const details = health.details ? `  ${JSON.stringify(health.details)}` : '';
  context.terminal.say(`${'  '.repeat(depth)}${name}: ${health.status}${details}`);
  for (const [part, inner] of Object.entries(health.parts ?? {}))
    printHealth(context, part, inner, depth + 1);
}
