import { type OperationDescriptor, operations } from '@fluxori/amazon-sp-models';
import type { JobDefinition } from '@fluxori/queue';
import { grantlessScope } from '../auth/grantless-operations.js';
import { restrictedOperation } from '../auth/restricted-operations.js';
import { applicationLimits } from '../limits/application-limits.js';
import { carefulPlan, listingsFeedPlan } from '../limits/usage-plans.js';
import type { SectionSource } from './section-sources.js';
import type { SectionUse } from './used-operations.js';

export interface Surface {
  readonly uses: ReadonlyMap<SectionSource, SectionUse>;
  readonly capabilities: readonly string[];
  readonly jobs: readonly Pick<JobDefinition, 'name' | 'section'>[];
}

/** Where the commands that the page names are run. */
export const surfaceCommand = 'pnpm generate:surface';

/** The whole of the Selling Partner API and what is made of it here, as a page of Markdown. */
export function surfacePage(surface: Surface): string {
  return `${[head(surface), sectionTable(surface), operationTables(surface)].join('\n\n')}\n`;
}

function head({ uses }: Surface): string {
  const used = new Set([...uses.values()].flatMap(({ own }) => [...own]));
  const count = (of: (one: OperationDescriptor) => boolean) => operations.filter(of).length;
  const apis = new Set(operations.map(({ api }) => api)).size;
  const versions = new Set(operations.map(({ api, version }) => `${api} ${version}`)).size;
  return `# The Selling Partner API, operation by operation

<!-- Made by \`${surfaceCommand}\` from the code. Change the code and run it again. -->

Made by \`${surfaceCommand}\` from the code itself; a test fails when it is not current.

All ${operations.length} operations of ${apis} APIs (${versions} versions) are called in the same way: \`connector.api('name', 'version').operation(params, options)\`, or by
names that are known at run time only, with \`connector.call\`. ${used.size} of them also have a section of the connector, with canonical types, lists that page by themselves, and jobs.
${count((one) => grantlessScope(one) !== undefined)} are grantless, ${count((one) => restrictedOperation(one) !== undefined)} restricted, ${count(({ rate }) => rate === undefined)} have no published limit, ${count(({ deprecated }) => deprecated === true)} are deprecated, ${count(({ sandboxOnly }) => sandboxOnly === true)} exist in Amazon's sandbox only.

- **Limit**: requests a second / burst, for each pair of application and seller. In *italics*: Amazon publishes none, and this is how carefully it is begun.
  “+ n/s” is a second limit that all sellers of an application share.
- **Token**: *seller* is the seller's own; *grantless* the application's, with its scope; *restricted* a restricted data token, which is fetched by itself
  (“when asked”: only where the caller says \`rdt: true\`, since it depends on the document).
- **Section**: the part of the connector that calls it. **Capability**: core's capability that needs it, also by way of another section.`;
}

function sectionTable({ uses, jobs, capabilities }: Surface): string {
  const rows = [...uses]
    .map(([{ name }, { own }]) => {
      const apis = [...new Set([...own].map(({ api, version }) => `${api} ${version}`))];
      const named = jobs.filter(({ section }) => section === kebab(name)).map((job) => `\`${job.name}\``);
      return [
        `\`${name}\``,
        apis.join(', ') || '–',
        String(own.size),
        named.join(', ') || '–',
        capabilities.includes(name) ? 'yes' : '–',
      ];
    })
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return `## Sections\n\n${table(['section', 'APIs', 'operations', 'jobs', 'capability'], rows)}`;
}

function operationTables(surface: Surface): string {
  const byVersion = new Map<string, OperationDescriptor[]>();
  for (const one of operations) {
    const name = `${one.api} ${one.version}`;
    byVersion.set(name, [...(byVersion.get(name) ?? []), one]);
  }
  const tables = [...byVersion].map(
    ([name, rows]) =>
      `### ${name}\n\n${table(
        columns,
        rows.map((one) => operationRow(one, surface)),
      )}`,
  );
  return ['## Operations', ...tables].join('\n\n');
}

const columns = ['operation', 'request', 'limit', 'token', 'section', 'capability'];

function operationRow(operation: OperationDescriptor, { uses, capabilities }: Surface): string[] {
  const { operationId, method, path, deprecated, sandboxOnly } = operation;
  const names = (of: (use: SectionUse) => boolean) =>
    [...uses].filter(([, use]) => of(use)).map(([{ name }]) => name);
  const sections = names(({ own }) => own.has(operation)).map((name) => `\`${name}\``);
  const needed = names(({ own, through }) => own.has(operation) || through.has(operation));
  const marks = [...(deprecated ? ['deprecated'] : []), ...(sandboxOnly ? ['sandbox only'] : [])];
  return [
    `${operationId}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`,
    `${method} \`${path}\``,
    limitOf(operation),
    tokenOf(operation),
    sections.join(', ') || (operation.api === 'tokens' ? 'by itself' : '–'),
    needed.filter((name) => capabilities.includes(name)).join(', ') || '–',
  ];
}

function limitOf(operation: OperationDescriptor): string {
  const { rate, burst } = operation;
  const plan =
    rate === undefined
      ? `*${carefulPlan.ratePerSecond}/s / ${carefulPlan.burst}*`
      : `${rate}/s / ${burst ?? carefulPlan.burst}`;
  const shared = applicationLimits.find(
    (one) => one.operationId === operation.operationId && one.version === operation.version,
  );
  if (operation.operationId === 'createFeed') {
    const { burst: most, ratePerSecond } = listingsFeedPlan;
    return `${plan}; ${most} JSON_LISTINGS_FEEDs in ${Math.round(most / ratePerSecond)} s`;
  }
  return shared === undefined ? plan : `${plan} + ${shared.ratePerSecond}/s`;
}

function tokenOf(operation: OperationDescriptor): string {
  const scope = grantlessScope(operation);
  if (scope !== undefined) return `grantless (${scope.replace('sellingpartnerapi::', '')})`;
  const restricted = restrictedOperation(operation);
  if (restricted === undefined) return 'seller';
  return restricted.when === 'asked' ? 'restricted when asked' : 'restricted';
}

/** A section's name as jobs write it: `product-types`. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
