import type { AmazonSPConnector, DocumentKind, DocumentMetadata } from '@fluxori/amazon-sp';
import { NotFoundError, ValidationError } from '@fluxori/core';
import type { App } from '../composition/open-app.js';
import { sizeText } from '../output/size-text.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { oneAccount, onlyAccount } from './shared-options.js';

interface DocumentsOptions extends CommonOptions {
  readonly account?: string;
}

interface ListOptions extends DocumentsOptions {
  readonly kind?: string;
  readonly kept?: boolean;
}

/** As people write them. */
const kinds: Readonly<Record<string, DocumentKind>> = {
  report: 'report',
  feed: 'feedResult',
  'data-kiosk': 'dataKiosk',
};

/** `fluxori documents list|delete|sweep` */
export const documentsCommand: CommandFactory = (facts) => {
  const documents = group('documents');
  documents.addCommand(
    command('list')
      .description(
        'list what is known of documents, and where copies of them lie; nothing is asked of Amazon',
      )
      .option(...onlyAccount)
      .option('--kind <kind>', `only of ${Object.keys(kinds).join(', ')}`)
      .option('--kept', 'only those of which there is a copy')
      .option('--no-kept', 'only those of which there is none')
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori documents list --kept\n  fluxori documents list --kind report --json\n',
      )
      .action((options: ListOptions) => listDocuments(contextOf(facts, options), options)),
  );
  documents.addCommand(
    command('delete')
      .description(
        'delete our copy of documents and all that is known of them; Amazon keeps its own for its time',
      )
      .argument('<document-id...>', 'see `fluxori documents list`')
      .option(...oneAccount)
      .addHelpText('after', '\nExample:\n  fluxori documents delete amzn1.spdoc.1.4.eu.1f3b\n')
      .action((ids: string[], options: DocumentsOptions) =>
        deleteDocuments(contextOf(facts, options), ids, options),
      ),
  );
  documents.addCommand(
    command('sweep')
      .description(
        'delete documents whose retention has ended, and copies that belong to nothing; workers do it each night by themselves',
      )
      .option(...onlyAccount)
      .addHelpText(
        'after',
        '\nFor how long they are kept stands in each account: "retention": { "documentsDays": 30, "restrictedDocumentsDays": 30 }.\n\nExample:\n  fluxori documents sweep\n',
      )
      .action((options: DocumentsOptions) => sweepDocuments(contextOf(facts, options), options)),
  );
  return documents;
};

type Listed = Omit<DocumentMetadata, 'url'> & { readonly account: string };

async function listDocuments(
  { terminal, withApp, signal }: CommandContext,
  options: ListOptions,
): Promise<void> {
  const kind = kindOf(options.kind);
  const query = { signal, ...(kind && { kind }), ...(options.kept !== undefined && { kept: options.kept }) };
  await withApp(async (app) => {
    const listed: Listed[] = [];
    for await (const { documents, config } of connectorsOf(app, options.account)) {
      for await (const { url: _, ...known } of documents.list(query)) {
        // The URL gives the document to whoever has it; it has no place in a terminal or a log.
        listed.push({ account: config.accountId, ...known });
      }
    }
    terminal.result(listed, () => {
      if (listed.length === 0) return terminal.say('Nothing is known of any document.');
      terminal.table(
        ['document', 'account', 'what', 'copy', 'size#', 'since', 'deleted after'],
        listed.map((one) => [
          ...[one.documentId, one.account, whatOf(one)],
          one.kept === undefined ? 'none' : one.kept.store === 'sealedContents' ? 'sealed' : 'plain',
          one.kept === undefined ? '' : sizeText(one.kept.bytes),
          ...[day(one.knownSince), day(one.deleteAfter)],
        ]),
      );
    });
  });
}

async function deleteDocuments(
  { terminal, withApp, signal }: CommandContext,
  ids: readonly string[],
  options: DocumentsOptions,
): Promise<void> {
  await withApp(async (app) => {
    const { documents, config } = await app.connectors.get(app.connectors.choose(options.account));
    const known = await Promise.all(ids.map(async (id) => ((await documents.metadata(id)) ? id : undefined)));
    const unknown = ids.filter((id) => !known.includes(id));
    if (unknown.length > 0) {
      throw new NotFoundError(
        `Nothing is known of ${unknown.join(', ')} for ${config.accountId}. Nothing was deleted.`,
        {
          account: config.accountId,
          remedy: 'See `fluxori documents list` for the documents that are known.',
        },
      );
    }
    for (const id of ids) await documents.deleteDocument(id, { signal });
    terminal.result({ deleted: ids }, () =>
      terminal.say(`Deleted: ${ids.length} document${ids.length === 1 ? '' : 's'}.`),
    );
  });
}

async function sweepDocuments(
  { terminal, withApp, signal }: CommandContext,
  options: DocumentsOptions,
): Promise<void> {
  await withApp(async (app) => {
    const total = { documents: 0, copies: 0, leftovers: 0, bytes: 0 };
    for await (const { documents } of connectorsOf(app, options.account)) {
      const swept = await documents.sweep(undefined, { signal });
      for (const what of Object.keys(total) as (keyof typeof total)[]) total[what] += swept[what];
    }
    terminal.result(total, () => {
      const { documents, copies, leftovers, bytes } = total;
      terminal.say(
        `Deleted: documents past their time ${documents}, copies ${copies}, leftovers of writers that died ${leftovers}; ${sizeText(bytes)} freed.`,
      );
    });
  });
}

async function* connectorsOf(app: App, account: string | undefined): AsyncGenerator<AmazonSPConnector> {
  const accounts = account === undefined ? app.connectors.accountIds : [app.connectors.choose(account)];
  for (const id of accounts) yield await app.connectors.get(id);
}

function kindOf(text: string | undefined): DocumentKind | undefined {
  if (text === undefined || Object.hasOwn(kinds, text)) return text === undefined ? undefined : kinds[text];
  throw new ValidationError(`--kind ${JSON.stringify(text)} is no kind of document.`, {
    field: 'kind',
    remedy: `Use one of ${Object.keys(kinds).join(', ')}.`,
  });
}

function whatOf({ kind, reportType }: Listed): string {
  return reportType ?? Object.keys(kinds).find((name) => kinds[name] === kind) ?? kind;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
