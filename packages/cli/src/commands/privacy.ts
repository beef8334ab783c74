import {
  type AccountId,
  type AuditAction,
  type AuditEntry,
  accountId,
  auditActions,
  type ErasureReport,
  type ErasureSubject,
  isErrorOf,
  orderId,
  type Remainder,
  ValidationError,
} from '@fluxori/core';
import type { App } from '../composition/open-app.js';
import { resultOf } from '../privacy/sweep-job.js';
import { readSecret } from '../secrets/read-secret.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommandFacts,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { momentOption, storedAccount, wholeNumber } from './options.js';
import { limitOf, onlyAccount } from './shared-options.js';

interface EraseOptions extends CommonOptions {
  account?: string;
  order?: string;
  buyer?: string;
}

interface AuditOptions extends CommonOptions {
  account?: string;
  order?: string;
  action?: string;
  since: string;
  until?: string;
  limit: string;
}

/** `fluxori privacy erase|audit|sweep` */
export const privacyCommand: CommandFactory = (facts) => {
  const privacy = group('privacy');
  privacy.addCommand(
    command('erase')
      .description(
        'forget the buyer and the recipient of an order, or of all orders of a buyer; the orders stay',
      )
      .option('--order <id>', 'of this order')
      .option('--buyer <email>', 'of all orders of this buyer; - reads the address from the standard input')
      .option(...onlyAccount)
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori privacy erase --order 902-1234567-1234567\n  fluxori privacy erase --buyer - < address.txt\n',
      )
      .action((options: EraseOptions) => erase(contextOf(facts, options), options, facts)),
  );
  privacy.addCommand(
    command('audit')
      .description('who fetched, read, exported and erased personal data, the latest first')
      .option('--since <when>', 'a date, or a span such as 7d', '30d')
      .option('--until <when>', 'a date, or a span back from now')
      .option(...onlyAccount)
      .option('--order <id>', 'only of this order, or of a document')
      .option('--action <action>', `only ${auditActions.join(', ')}`)
      .option(...limitOf(50))
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori privacy audit --since 7d\n  fluxori privacy audit --order 902-1234567-1234567 --json\n',
      )
      .action((options: AuditOptions) => audit(contextOf(facts, options), options)),
  );
  privacy.addCommand(
    command('sweep')
      .description(
        'delete personal data that was kept for long enough; workers do it each night by themselves',
      )
      .addHelpText('after', '\nExample:\n  fluxori privacy sweep\n')
      .action((options: CommonOptions) => sweep(contextOf(facts, options))),
  );
  return privacy;
};

async function erase(context: CommandContext, options: EraseOptions, facts: CommandFacts): Promise<void> {
  const subject = await subjectOf(context, options, facts);
  await context.withApp(async (app) => {
    const accounts = await accountsOf(app, options.account);
    const report = await app.privacy.desk.erase(subject, accounts, { signal: context.signal });
    context.exitWith(report.remaining.length === 0 ? 'ok' : 'partly');
    context.terminal.result(report, () => printErasure(context, report));
  });
}

async function subjectOf(
  { signal }: CommandContext,
  { buyer, order }: EraseOptions,
  facts: CommandFacts,
): Promise<ErasureSubject> {
  if ((buyer === undefined) === (order === undefined)) {
    throw new ValidationError('Say whose data: --order or --buyer.', {
      field: 'order',
      remedy: 'Give one of the two, e.g. --order 902-1234567-1234567.',
    });
  }
  if (order !== undefined) return { orderId: orderId(order) };
  if (buyer !== '-') return { buyerEmail: buyer as string };
  // An address on a command line stands in the shell's history.
  if (facts.stdin === undefined) throw noAddress();
  const ask = (question: string) => void facts.stderr.write(question);
  const read = await readSecret('buyer', { stdin: facts.stdin, signal, ask }).catch((error: unknown) => {
    throw isErrorOf(error, 'ValidationError') ? noAddress() : error;
  });
  return { buyerEmail: read.reveal() };
}

function noAddress(): ValidationError {
  return new ValidationError('No address came from the standard input.', {
    field: 'buyer',
    remedy:
      'Pipe it in: fluxori privacy erase --buyer - < address.txt. While a worker has the folder of the backend, it reads no input for you: name the orders with --order.',
  });
}

/** Also those that are not configured any more, as far as records of theirs are kept. */
async function accountsOf(app: App, named: string | undefined): Promise<readonly AccountId[]> {
  if (named !== undefined) return [await accountNamed(app, named)];
  const known = new Set(app.connectors.accountIds);
  for (let after: Awaited<ReturnType<typeof walk>>[number] | undefined; ; ) {
    const page = await walk(app, after);
    for (const { accountId } of page) known.add(accountId);
    after = page.at(-1);
    if (after === undefined) return [...known];
  }
}

async function accountNamed({ backend, connectors }: App, name: string): Promise<AccountId> {
  const account = accountId(name);
  const kept = await backend.records.walk('order', { accountId: account, limit: 1 });
  connectors.checkKnown(name, kept.length === 0);
  return account;
}

function walk(app: App, after: { accountId: AccountId; id: string; version: string } | undefined) {
  return app.backend.records.walk('order', { limit: 1_000, ...(after && { after }) });
}

function printErasure({ terminal }: CommandContext, { beyond, holders, orderIds, remaining }: ErasureReport) {
  const isAny = holders.some(({ deleted }) => Object.values(deleted).some((count) => count > 0));
  const orders = orderIds.join(', ');
  if (orderIds.length === 0) terminal.say('No order of this buyer is kept.');
  else if (isAny) terminal.say(`Forgotten: who is behind ${orders}.`);
  else
    terminal.say(
      `Nothing was here to delete of who is behind ${orders}. It is remembered: an import leaves the person out.`,
    );
  terminal.table(
    ['where', 'what', 'deleted#'],
    holders.flatMap(({ deleted, name }) =>
      Object.entries(deleted).map(([what, count]) => [name, what, count] as const),
    ),
  );
  tellRemainders(terminal, 'Still there:', remaining);
  tellRemainders(terminal, 'Out of reach:', beyond);
}

async function audit(context: CommandContext, options: AuditOptions): Promise<void> {
  const query = {
    since: momentOption('--since', options.since),
    limit: wholeNumber('--limit', 1)(options.limit),
    ...(options.until !== undefined && { until: momentOption('--until', options.until) }),
    ...(options.action !== undefined && { action: actionOption(options.action) }),
    ...(options.order !== undefined && { subject: options.order }),
  };
  await context.withApp(async (app) => {
    const entries = await app.privacy.audit.list({ ...query, ...storedAccount(options) });
    app.connectors.checkKnown(options.account, entries.length === 0);
    context.terminal.result(entries, () => {
      context.terminal.table(
        ['when', 'what was done', 'by', 'account', 'data', 'whose'],
        entries.map((entry) => [
          entry.at.toISOString().slice(0, 19).replace('T', ' '),
          doneText(entry),
          entry.onBehalfOf === undefined ? entry.actor : `${entry.actor} for ${entry.onBehalfOf}`,
          entry.accountId ?? '',
          entry.what.join(', '),
          whoseText(entry),
        ]),
      );
      if (entries.length === 0) context.terminal.say('Nothing was told to the trail in this time.');
    });
  });
}

async function sweep(context: CommandContext): Promise<void> {
  await context.withApp(async (app) => {
    const result = resultOf(await app.privacy.desk.sweep({ signal: context.signal }));
    context.exitWith(result.remaining.length === 0 ? 'ok' : 'partly');
    context.terminal.result(result, () => {
      const counts = Object.entries(result.deleted).filter(([, count]) => count > 0);
      context.terminal.say(
        counts.length === 0
          ? 'Nothing is past its time.'
          : `Deleted: ${counts.map(([what, count]) => `${what} ${count}`).join(', ')}.`,
      );
      tellRemainders(context.terminal, 'Still there:', result.remaining);
    });
  });
}

function tellRemainders(
  terminal: CommandContext['terminal'],
  title: string,
  remainders: readonly Remainder[],
): void {
  if (remainders.length === 0) return;
  terminal.say(title);
  for (const { remedy, what, why } of remainders) terminal.say(`  ${what}: ${why}. ${remedy}`);
}

function doneText({ action, operation, place, purpose }: AuditEntry): string {
  if (operation !== undefined) return `${action} by ${operation}`;
  return place === undefined ? action : `${action} to ${place}: ${purpose}`;
}

function whoseText({ count = 0, subjects = [] }: AuditEntry): string {
  const shown = subjects.slice(0, 3).join(', ');
  const more = Math.max(count, subjects.length) - Math.min(subjects.length, 3);
  return more > 0 ? `${shown}${shown === '' ? '' : ' and '}${more}${shown === '' ? '' : ' more'}` : shown;
}

function actionOption(text: string): AuditAction {
  const action = auditActions.find((known) => known === text);
  if (action !== undefined) return action;
  throw new ValidationError(`--action ${JSON.stringify(text)} is no action.`, {
    field: 'action',
    remedy: `Use one of ${auditActions.join(', ')}.`,
  });
}
