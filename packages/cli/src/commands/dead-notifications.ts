import { type DeadNotification, DeadNotifications, deadReasons } from '@fluxori/amazon-sp';
import { ValidationError } from '@fluxori/core';
import type { Command } from 'commander';
import { openNotificationDesk } from '../composition/open-listener.js';
import { exitKindOfMany } from '../exit/exit-code.js';
import {
  type CommandContext,
  type CommandFacts,
  type CommonOptions,
  command,
  contextOf,
} from './command-context.js';

type OneOrAll = CommonOptions & { all?: boolean };

/** `fluxori notifications dead|retry|discard`: messages that were put aside. */
export function addDeadCommands(notifications: Command, facts: CommandFacts): void {
  notifications.addCommand(
    command('dead')
      .description('list the messages that were put aside, and why; or show one, as it came')
      .argument('[id]', 'see `fluxori notifications dead`')
      .addHelpText(
        'after',
        '\nA message may hold personal data (a postal code); only the whole of one shows it.\n\nExamples:\n  fluxori notifications dead\n  fluxori notifications dead 4c1f0a77b3de\n',
      )
      .action((id: string | undefined, options: CommonOptions) =>
        id === undefined ? list(contextOf(facts, options)) : show(contextOf(facts, options), id),
      ),
  );
  notifications.addCommand(
    command('retry')
      .description('try a message that was put aside once more, or all of them')
      .argument('[id]', 'see `fluxori notifications dead`')
      .option('--all', 'all of them')
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori notifications retry 4c1f0a77b3de\n  fluxori notifications retry --all\n',
      )
      .action((id: string | undefined, options: OneOrAll) => retry(contextOf(facts, options), id, options)),
  );
  notifications.addCommand(
    command('discard')
      .description('throw a message away that was put aside, or all of them')
      .argument('[id]', 'see `fluxori notifications dead`')
      .option('--all', 'all of them')
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori notifications discard 4c1f0a77b3de\n  fluxori notifications discard --all\n',
      )
      .action((id: string | undefined, options: OneOrAll) => discard(contextOf(facts, options), id, options)),
  );
}

async function list({ terminal, withApp }: CommandContext): Promise<void> {
  await withApp(async ({ secureKeyValues }) => {
    const dead = await new DeadNotifications(secureKeyValues).list();
    terminal.result(dead, () => {
      terminal.table(
        ['id', 'put aside', 'notification', 'seller', 'why'],
        dead.map((one) => [
          one.id,
          one.at.toISOString(),
          one.type ?? '',
          one.sellerId ?? '',
          one.explanation,
        ]),
      );
      terminal.say(
        dead.length === 0
          ? 'No message was put aside.'
          : '`fluxori notifications retry <id>` tries one again; they are kept for 14 days.',
      );
    });
  });
}

async function show({ terminal, withApp }: CommandContext, id: string): Promise<void> {
  await withApp(async ({ secureKeyValues }) => {
    const dead = await new DeadNotifications(secureKeyValues).get(id);
    terminal.result(dead, () => {
      terminal.say(`${id}: put aside ${dead.at.toISOString()} because ${deadReasons[dead.reason]}.`);
      terminal.say(dead.explanation);
      terminal.say(dead.body);
    });
  });
}

async function retry(context: CommandContext, id: string | undefined, options: OneOrAll): Promise<void> {
  const { terminal, signal } = context;
  await context.withApp(async (app, loaded) => {
    const desk = await openNotificationDesk(app, context.logger(loaded));
    const results: { id: string; outcome: string }[] = [];
    for (const one of await chosen(desk.dead, id, options))
      results.push({ id: one.id, outcome: await desk.retry(one.id, { signal }) });
    const refused = results.filter(({ outcome }) => outcome === 'dead').length;
    context.exitWith(exitKindOfMany({ done: results.length - refused, refused }));
    terminal.result(results, () => {
      for (const one of results)
        terminal.say(
          one.outcome === 'dead' ? `${one.id}: still cannot be worked on.` : `${one.id}: ${one.outcome}.`,
        );
      if (results.length === 0) terminal.say('No message was put aside.');
    });
  });
}

async function discard(context: CommandContext, id: string | undefined, options: OneOrAll): Promise<void> {
  const { terminal } = context;
  await context.withApp(async ({ secureKeyValues }) => {
    const dead = new DeadNotifications(secureKeyValues);
    const gone = await chosen(dead, id, options);
    for (const one of gone) await dead.remove(one.id);
    terminal.result(
      gone.map((one) => one.id),
      () => terminal.say(`${gone.length} thrown away.`),
    );
  });
}

async function chosen(
  dead: DeadNotifications,
  id: string | undefined,
  { all = false }: OneOrAll,
): Promise<readonly Pick<DeadNotification, 'id'>[]> {
  if ((id === undefined) === !all)
    throw new ValidationError('Name one message, or say --all.', {
      field: 'id',
      remedy: '`fluxori notifications dead` lists them.',
    });
  return id === undefined ? dead.list() : [await dead.get(id)];
}
