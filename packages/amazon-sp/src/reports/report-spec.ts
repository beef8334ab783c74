import { createHash } from 'node:crypto';
import { type ErrorCode, ValidationError } from '@fluxori/core';
import { didYouMean } from '../pipeline/did-you-mean.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { findMarketplace, type Marketplace } from '../regions/marketplaces.js';
import { checkDates } from './check-dates.js';
import type { ReportTypeFacts } from './types/report-type.js';
import { findReportType, type ReportType, reportTypeNames } from './types/report-types.js';
import { retiredReportTypes } from './types/retired-report-types.js';

/** Which report is wanted. */
export interface ReportSpec<Type extends string = string> {
  /** One of `reportTypes`; any other with `unchecked`. */
  readonly reportType: Type | ReportType;
  /** Ids or country codes; the account's by default (the first, where a report holds one only). */
  readonly marketplaceIds?: readonly string[];
  /** The span of time that it covers. */
  readonly from?: Date | string;
  readonly to?: Date | string;
  /** Amazon's `reportOptions`, by their names. */
  readonly options?: Readonly<Record<string, string>>;
  /** For types and options that are newer than this release: nothing is checked. */
  readonly unchecked?: boolean;
  /** With `unchecked`: it holds personal data, so that a restricted data token is fetched for it. */
  readonly restricted?: boolean;
}

/** A spec that was checked, in the form in which Amazon is asked and in which a job keeps it. */
export interface CheckedSpec {
  readonly reportType: string;
  readonly marketplaceIds: readonly string[];
  /** ISO 8601. */
  readonly from?: string;
  readonly to?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly restricted: boolean;
}

/**
 * Checks what can be checked before anything is sent, and names the field and what to do.
 *
 * @param purpose - `request`: a report is to be asked for; `schedule`: Amazon is to make it again and again; `find`: it is looked for among those
 *   that there are.
 * @throws ValidationError.
 */
export function checkSpec(
  spec: ReportSpec,
  context: SectionContext,
  purpose: 'request' | 'schedule' | 'find' = 'request',
): CheckedSpec {
  const refuse = refuserFor(spec.reportType, context.config.accountId);
  const facts = spec.unchecked ? findReportType(spec.reportType) : knownType(spec.reportType, refuse);
  const marketplaces = marketplacesOf(spec, facts, context);
  if (facts !== undefined && !spec.unchecked) {
    checkPlaces(facts, marketplaces, context.config.region, refuse);
    if (purpose !== 'find') checkOptions(facts, spec.options ?? {}, refuse);
    if (purpose === 'request') checkAvailability(facts, refuse);
  }
  const rules = spec.unchecked || purpose !== 'request' ? undefined : facts;
  const dates = checkDates(spec, rules, context.clock.now(), refuse);
  return {
    reportType: spec.reportType,
    marketplaceIds: marketplaces.map(({ id }) => id),
    ...dates,
    ...(spec.options !== undefined &&
      Object.keys(spec.options).length > 0 && { options: sorted(spec.options) }),
    restricted: facts?.restricted ?? spec.restricted ?? false,
  };
}

/** The body of the request for it. */
export function requestOf({ reportType, marketplaceIds, from, to, options }: CheckedSpec) {
  return {
    reportType,
    marketplaceIds: [...marketplaceIds],
    ...(from !== undefined && { dataStartTime: from }),
    ...(to !== undefined && { dataEndTime: to }),
    ...(options !== undefined && { reportOptions: { ...options } }),
  };
}

/** Names a spec: equal for equal reports. */
export function specKey(spec: CheckedSpec): string {
  const { reportType, marketplaceIds, from, to, options = {} } = spec;
  return digest([reportType, [...marketplaceIds].sort(), from ?? null, to ?? null, sorted(options)]);
}

/** Names what Amazon's list of reports shows of a spec: all but the options. */
export function visibleKey({ reportType, marketplaceIds, from, to }: CheckedSpec): string {
  return digest([reportType, [...marketplaceIds].sort(), from ?? null, to ?? null]);
}

/** Names the part of it that does not depend on dates. */
export function kindKey({ reportType, marketplaceIds }: CheckedSpec): string {
  return digest([reportType, [...marketplaceIds].sort()]);
}

export function optionsKey({ options = {} }: Pick<CheckedSpec, 'options'>): string {
  return Object.keys(options).length === 0 ? '' : digest(sorted(options));
}

export type Refuse = (field: string, problem: string, remedy: string, code?: ErrorCode) => never;

function refuserFor(reportType: string, account: string): Refuse {
  return (field, problem, remedy, code) => {
    throw new ValidationError(`${field}: ${problem} (report ${reportType} for ${account}).`, {
      ...(code && { code }),
      field,
      account,
      operation: 'reports.createReport',
      remedy,
    });
  };
}

function knownType(reportType: string, refuse: Refuse): ReportTypeFacts {
  const facts = findReportType(reportType);
  if (facts !== undefined) return facts;
  const retired = Object.hasOwn(retiredReportTypes, reportType) ? retiredReportTypes[reportType] : undefined;
  if (retired !== undefined) {
    return refuse(
      'reportType',
      `Amazon has retired this type (${retired.since})`,
      `Ask for ${retired.replacement} instead.`,
    );
  }
  return refuse(
    'reportType',
    `is not known here${didYouMean(reportType, reportTypeNames)}`,
    'Use one of `reportTypes` (`fluxori reports types` lists them); for a type that is newer than this release, pass `unchecked: true`.',
    'TYPE_UNKNOWN',
  );
}

function marketplacesOf(
  spec: ReportSpec,
  facts: ReportTypeFacts | undefined,
  { config, endpoints }: SectionContext,
): readonly Marketplace[] {
  const wanted =
    spec.marketplaceIds ??
    (facts?.marketplaces === 'one' ? [config.home.id] : fitting(config.marketplaceIds, facts));
  const found = wanted.map((name) => endpoints.marketplaceIn(config.region, name, 'marketplaceIds'));
  return [...new Map(found.map((one) => [one.id, one])).values()];
}

/** Of the account's marketplaces those where there is this type; all, if that would be none: the check then says so. */
function fitting(ids: readonly string[], facts: ReportTypeFacts | undefined): readonly string[] {
  const some = ids.filter((id) => isIn(facts?.countries, findMarketplace(id)?.code));
  return some.length > 0 ? some : ids;
}

function isIn(countries: readonly string[] | undefined, code: string | undefined): boolean {
  return countries === undefined || (code !== undefined && countries.includes(code));
}

function checkPlaces(
  facts: ReportTypeFacts,
  marketplaces: readonly Marketplace[],
  region: string,
  refuse: Refuse,
): void {
  if (facts.regions !== undefined && !(facts.regions as readonly string[]).includes(region)) {
    refuse(
      'reportType',
      `there is none in the region ${region}`,
      `Ask with an account of the region ${facts.regions.join(' or ')}.`,
    );
  }
  const outside = marketplaces.filter(({ code }) => !isIn(facts.countries, code));
  if (outside.length > 0) {
    refuse(
      'marketplaceIds',
      `there is none in ${outside.map(({ code }) => code).join(', ')}`,
      `Name marketplaces among ${facts.countries?.join(', ')}.`,
    );
  }
  if (facts.marketplaces === 'one' && marketplaces.length > 1) {
    refuse('marketplaceIds', 'holds one marketplace only', 'Ask for one report for each marketplace.');
  }
  if (marketplaces.length === 0 || marketplaces.length > 25) {
    refuse('marketplaceIds', 'Amazon takes 1 to 25', 'Name at least one marketplace and at most 25.');
  }
}

function checkOptions(
  facts: ReportTypeFacts,
  options: Readonly<Record<string, string>>,
  refuse: Refuse,
): void {
  const known = facts.options ?? {};
  for (const [name, value] of Object.entries(options)) {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) {
      const names = Object.keys(known);
      refuse(
        `options.${name}`,
        `is no option of this type${didYouMean(name, names)}`,
        names.length === 0 ? 'This type takes none: leave options out.' : `It takes: ${names.join(', ')}.`,
      );
    } else if (typeof value !== 'string' || (option.values !== undefined && !option.values.includes(value))) {
      refuse(
        `options.${name}`,
        `cannot be ${JSON.stringify(value)}`,
        option.values === undefined ? 'Pass it as text.' : `Use one of: ${option.values.join(', ')}.`,
      );
    }
  }
  for (const [name, { required, about, values }] of Object.entries(known)) {
    if (!required || options[name] !== undefined) continue;
    const choice = values === undefined ? '' : ` One of: ${values.join(', ')}.`;
    refuse(`options.${name}`, 'is needed', `${about}${choice}`);
  }
}

function checkAvailability({ availability }: ReportTypeFacts, refuse: Refuse): void {
  if (availability === 'found') {
    refuse(
      'reportType',
      'cannot be asked for: Amazon makes it by itself',
      'Look for it: `reports.find(…)`, or `reuse: { maxAgeMinutes }` for the newest.',
    );
  }
  if (availability === 'schedule') {
    refuse(
      'reportType',
      'can only be scheduled',
      'Set up a schedule with `reports.schedules.create(…)`, and find its reports with `reports.find(…)`.',
    );
  }
}

function sorted(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}
