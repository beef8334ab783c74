import { ConfigurationError } from '@fluxori/core';
import { problemsOf } from '../composition/connectors.js';
import { openContents } from '../composition/open-contents.js';
import { type CommandFactory, type CommonOptions, command, contextOf, group } from './command-context.js';

/** `fluxori config check`: everything that is wrong, at once, without calling anybody. */
export const configCommand: CommandFactory = (facts) => {
  const config = group('config');
  config.addCommand(
    command('check')
      .description('read the file and the environment and tell everything that is wrong; nothing is sent')
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori config check\n  fluxori config check --config prod.json\n',
      )
      .action(async (options: CommonOptions) => {
        const context = contextOf(facts, options);
        const loaded = await context.load();
        const lines = problemsOf(loaded.config.accounts);
        if (lines.length > 0) {
          throw new ConfigurationError(
            `${loaded.file} has ${lines.length} problem${lines.length === 1 ? '' : 's'}:\n${lines.map((line) => `  - ${line}`).join('\n')}`,
            { problems: lines, field: lines[0]?.split(':')[0], remedy: 'Correct the fields listed.' },
          );
        }
        // Nothing is made or sent yet; a URL that is none is told.
        await (await openContents(loaded.places, loaded.sealKeys)).close();
        const { contents, sealedContents } = loaded.places;
        const accounts = Object.keys(loaded.config.accounts);
        const result = {
          ok: true,
          file: loaded.file,
          backend: loaded.backendUrl,
          contents,
          sealedContents,
          accounts,
        };
        context.terminal.result(result, () => {
          context.terminal.say(`${loaded.file ?? 'No configuration file (the defaults hold)'}: no problems.`);
          context.terminal.say(`  backend   ${loaded.backendUrl}`);
          context.terminal.say(
            `  documents ${contents}, ${sealedContents ?? 'none with personal data: no sealing key'}`,
          );
          context.terminal.say(`  accounts  ${accounts.join(', ') || 'none'}`);
        });
      }),
  );
  return config;
};
