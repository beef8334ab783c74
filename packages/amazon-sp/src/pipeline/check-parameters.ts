import type { ItemDescriptor, OperationDescriptor, ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { findMarketplace, unknownMarketplace } from '../regions/marketplaces.js';
import type { Region } from '../regions/region.js';
import { wrongRegion } from '../regions/regional-endpoint-manager.js';
import { checkBody } from './check-body.js';
import { checkValue } from './check-value.js';
import { didYouMean } from './did-you-mean.js';
import { checkIsObject, type Params, type Problem, refuseIfAny } from './parameter-problems.js';
import { checkRules } from './parameter-rules.js';

const marketplaceParameter = /^marketplaceIds?$/i;

/**
 * Checks a call's parameters against Amazon's model before anything is sent: required ones, unknown ones, types, ranges, sizes, dates, which go
 * together, members and types of the body, and that marketplaces exist and are of the connector's region.
 *
 * @returns members of the body that the model does not know; they are sent all the same.
 * @throws ValidationError that lists every problem at once; `field` is the first one's.
 */
export function checkParameters(
  operation: OperationDescriptor,
  params: Params,
  subject: { region: Region; account?: string },
): readonly string[] {
  checkIsObject(operation, params, subject.account);
  const problems: Problem[] = [];
  let strangers: readonly string[] = [];
  const known = new Map(operation.parameters.map((parameter) => [parameter.name, parameter]));

  for (const name of Object.keys(params)) {
    if (params[name] === undefined || known.has(name)) continue;
    problems.push({
      field: name,
      text: `is no parameter of this operation${didYouMean(name, known.keys())}`,
    });
  }
  for (const parameter of operation.parameters) {
    const value = params[parameter.name];
    if (value === undefined) {
      if (parameter.required)
        problems.push({ field: parameter.name, text: `is required (${describe(parameter)})` });
      continue;
    }
    if (parameter.in === 'body') {
      const found = checkBody(operation, value);
      problems.push(...found.problems, ...foreignMarketplaces(value, subject.region));
      strangers = found.strangers;
    } else for (const text of checkValue(parameter, value)) problems.push({ field: parameter.name, text });
    if (marketplaceParameter.test(parameter.name))
      problems.push(...marketplaceProblems(parameter.name, value, subject.region));
  }
  problems.push(...checkRules(operation, params));
  refuseIfAny(problems, operation, {
    account: subject.account,
    remedy:
      'Correct the parameters listed; nothing was sent. If Amazon has changed since this release, api(…) and call(…) send them as they are with `unchecked: true`.',
  });
  return strangers;
}

function marketplaceProblems(field: string, value: unknown, region: Region): Problem[] {
  const names = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
  return names.flatMap((name) => {
    const marketplace = findMarketplace(name);
    if (marketplace === undefined) {
      return [{ field, text: unknownMarketplace(name), code: 'MARKETPLACE_UNKNOWN' as const }];
    }
    if (marketplace.region !== region) {
      return [{ field, text: wrongRegion(marketplace, region), code: 'MARKETPLACE_WRONG_REGION' as const }];
    }
    if (marketplace.id !== name) {
      return [{ field, text: `Amazon takes ids here: write "${marketplace.id}" for ${marketplace.code}` }];
    }
    return [];
  });
}

/** Marketplaces of another region at the top of a body. */
function foreignMarketplaces(body: unknown, region: Region) {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body)
    .filter(([name]) => marketplaceParameter.test(name))
    .flatMap(([name, value]) => marketplaceProblems(`body.${name}`, value, region))
    .filter(({ code }) => code === 'MARKETPLACE_WRONG_REGION');
}

function describe(parameter: ParameterDescriptor | ItemDescriptor): string {
  if (parameter.enum !== undefined) return `one of ${parameter.enum.join(', ')}`;
  if (parameter.format === 'date-time') return 'date and time, ISO 8601';
  return parameter.type === 'array' ? 'list' : parameter.type;
}
