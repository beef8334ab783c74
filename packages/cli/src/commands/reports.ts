import { findReportType, type ReportView, reportCategories, reportTypeNames } from '@fluxori/amazon-sp';
import { ValidationError } from '@fluxori/core';
import type { Command } from 'commander';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { momentOption, namesIn, wholeNumber } from './options.js';
import { type RunReportOptions, reportFileFormats, type WriteOptions } from './report-options.js';
import { fetchReport, runReport } from './run-report.js';
import { limitOf, marketplaces, oneAccount, priority, vendorOptions } from './shared-options.js';

interface ListOptions extends CommonOptions {
  account?: string;
  type?: string[];
  status?: string[];
  since?: string;
  limit: string;
}

interface TypesOptions extends CommonOptions {
  category?: string;
}

const outOption = ['-o, --out <file>', 'write the rows to this file'] as const;

/** How the document is read, and where its rows go. */
function written(base: Command): Command {
  return base
    .option(
      '--as <format>',
      `how to write it: ${reportFileFormats.join(', ')} (default: by the file's ending; raw: as Amazon made it)`,
    )
    .option(
      '--charset <name>',
      'what the document is written in, where its label is wrong, e.g. windows-1252',
    )
    .option(
      '--read-as <format>',
      'what the document is, for a type that is not known here: tsv, csv, json:<path>, xml:<element>',
    )
    .option('--check', "refuse rows that are not as Amazon's schema says (JSON reports)")
    .option('--restricted', 'it holds personal data, for a type that is not known here')
    .option(
      '--personal <what for>',
      'write personal data into the file, which is yours to delete then; it is told to the audit trail',
    );
}

const statuses = ['CANCELLED', 'DONE', 'FATAL', 'IN_PROGRESS', 'IN_QUEUE'] as const;

/** `fluxori reports run|fetch|list|types` */
export const reportsCommand: CommandFactory = (facts) => {
  const reports = group('reports');
  reports.addCommand(
    written(
      command('run')
        .description('come by a report: ask for it once, wait until Amazon has made it, and write its rows')
        .argument('<type>', 'e.g. GET_MERCHANT_LISTINGS_ALL_DATA; see `fluxori reports types`')
        .option(...oneAccount)
        .option(
          '--from <when>',
          'the span that it covers begins here: a date, or a span back such as 7d (whole days)',
        )
        .option('--to <when>', 'and ends here (default: now)')
        .option(...marketplaces)
        .option(...vendorOptions)
        .option('--reuse <minutes>', 'a finished one of this age or younger will do')
        .option('--empty-ok', 'no data is no error, but a file without rows')
        .option('--unchecked', 'take types and options that are newer than this release: nothing is checked')
        .option('--ask-again', 'cancel a report that is stuck, and ask once anew')
        .option(...outOption),
    )
      .option(...priority)
      .option('--no-wait', 'only queue it; a worker will do it, and write the file where it runs')
      .addHelpText(
        'after',
        [
          '\nThe same command again goes on with what an interrupted one has begun.',
          '\nExamples:',
          '  fluxori reports run GET_MERCHANT_LISTINGS_ALL_DATA --as csv --out listings.csv',
          '  fluxori reports run GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL --from 7d --out orders.tsv',
          '  fluxori reports run GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING --out to-ship.csv --personal "shipping labels"',
          '  fluxori reports run GET_SOMETHING_NEW --unchecked --as raw --out new.txt',
          '',
        ].join('\n'),
      )
      .action((type: string, options: RunReportOptions) =>
        runReport(facts, contextOf(facts, options), type, options),
      ),
  );
  reports.addCommand(
    written(
      command('fetch')
        .description('write the rows of a report that is there already')
        .argument('<report-id>', 'see `fluxori reports list`')
        .option(...oneAccount)
        .requiredOption(...outOption),
    )
      .addHelpText('after', '\nExample:\n  fluxori reports fetch 51000020769 --as jsonl --out report.jsonl\n')
      .action((id: string, options: WriteOptions) =>
        fetchReport(facts, contextOf(facts, options), id, options),
      ),
  );
  reports.addCommand(
    command('list')
      .description('list the reports that Amazon has (a page costs a scarce token: one in 45 s)')
      .requiredOption('-t, --type <types...>', 'one to ten types, by spaces or commas')
      .option(...oneAccount)
      .option('--status <statuses...>', `only these, by spaces or commas: ${statuses.join(', ')}`)
      .option(
        '--since <when>',
        'made since: a date, or a span such as 7d (default: 90d, as long as Amazon keeps them)',
      )
      .option(...limitOf(20))
      .addHelpText(
        'after',
        '\nExample:\n  fluxori reports list --type GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2\n',
      )
      .action((options: ListOptions) => listReports(contextOf(facts, options), options)),
  );
  reports.addCommand(
    command('types')
      .description('list the types of report that are known, and what is known of each')
      .option('--category <name>', reportCategories.join(', '))
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori reports types --category orders\n  fluxori reports types --json\n',
      )
      .action((options: TypesOptions) => listTypes(contextOf(facts, options), options)),
  );
  return reports;
};

async function listReports(context: CommandContext, options: ListOptions): Promise<void> {
  const limit = wholeNumber('--limit', 1)(options.limit);
  const wanted =
    options.status &&
    namesIn(options.status).map((name) => {
      const status = statuses.find((known) => known === name.toUpperCase());
      if (status !== undefined) return status;
      throw new ValidationError(`--status ${JSON.stringify(name)} is no status of a report.`, {
        field: 'status',
        remedy: `Use one of ${statuses.join(', ')}.`,
      });
    });
  const createdSince = options.since === undefined ? undefined : momentOption('--since', options.since);
  await context.withApp(async (app) => {
    const connector = await app.connectors.get(app.connectors.choose(options.account));
    const reports: ReportView[] = [];
    const query = {
      reportTypes: namesIn(options.type ?? []),
      signal: context.signal,
      ...(wanted && { statuses: wanted }),
      ...(createdSince && { createdSince }),
    };
    for await (const report of connector.reports.list(query)) {
      reports.push(report);
      if (reports.length >= limit) break;
    }
    context.terminal.result(reports, () => {
      if (reports.length === 0) return context.terminal.say('Amazon has none.');
      context.terminal.table(
        ['report', 'type', 'made', 'status', 'from', 'to'],
        reports.map(({ reportId, reportType, createdAt, processingStatus, from, to }) => [
          ...[reportId, reportType, minute(createdAt), processingStatus],
          ...[from, to].map((date) => (date === undefined ? '' : minute(date))),
        ]),
      );
    });
  });
}

async function listTypes({ terminal }: CommandContext, { category }: TypesOptions): Promise<void> {
  if (category !== undefined && !reportCategories.some((known) => known === category)) {
    throw new ValidationError(`--category ${JSON.stringify(category)} is none.`, {
      field: 'category',
      remedy: `Use one of ${reportCategories.join(', ')}.`,
    });
  }
  const types = reportTypeNames
    .map((reportType) => ({ reportType, ...findReportType(reportType) }))
    .filter((facts) => category === undefined || facts.category === category);
  terminal.result(types, () => {
    terminal.table(
      ['type', 'what', 'format', 'span', 'notes'],
      types.map((facts) => [
        facts.reportType,
        facts.title ?? '',
        facts.format?.kind === 'flat'
          ? facts.format.delimiter === ','
            ? 'csv'
            : 'tsv'
          : (facts.format?.kind ?? ''),
        spanText(facts),
        notes(facts),
      ]),
    );
    terminal.say(`${types.length} type${types.length === 1 ? '' : 's'}. What each takes: --json.`);
  });
}

type Facts = Partial<NonNullable<ReturnType<typeof findReportType>>>;

function spanText({ dates, maxDays }: Facts): string {
  if (dates === 'none') return 'as it is now';
  return `${dates === 'required' ? 'needed' : 'may be'}${maxDays === undefined ? '' : `, ${maxDays} days at most`}`;
}

function notes({ restricted, availability, who, needs, countries, regions, marketplaces }: Facts): string {
  return [
    restricted && 'personal data',
    availability === 'found' && 'Amazon makes it by itself',
    availability === 'schedule' && 'on a schedule only',
    who === 'vendor' && 'vendors only',
    needs === 'fba' && 'FBA',
    needs === 'brand' && 'brand owners',
    marketplaces === 'one' && 'one marketplace',
    countries ? `in ${countries.join(' ')}` : regions && `in ${regions.join(' ')}`,
  ]
    .filter((note) => typeof note === 'string')
    .join(', ');
}

function minute(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}
