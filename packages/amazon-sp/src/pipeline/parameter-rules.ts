import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import { operationKey } from './operation-name.js';
import type { Params, Problem } from './parameter-problems.js';

/** What Amazon's models say of parameters only in prose: which of them go together. */
export interface ParameterRules {
  /** This one must come alone: a page token that brings its own filters. */
  readonly alone?: string;
  /** At least one of them is needed. */
  readonly oneOf?: readonly string[];
  /** The first cannot stand with any of the others. */
  readonly excludes?: readonly (readonly [string, ...(readonly string[])])[];
  /** All of them, or none. */
  readonly together?: readonly (readonly string[])[];
}

/** Source: the descriptions of the parameters in Amazon's models (commit 34dc93f), checked November 2026. */
export const parameterRules: Readonly<Record<string, ParameterRules>> = {
  'reports@2021-06-30.getReports': { alone: 'nextToken', oneOf: ['reportTypes', 'nextToken'] },
  'feeds@2021-06-30.getFeeds': { alone: 'nextToken', oneOf: ['feedTypes', 'nextToken'] },
  'catalogItems@2022-04-01.searchCatalogItems': {
    excludes: [['identifiers', 'keywords', 'brandNames', 'classificationIds', 'keywordsLocale']],
    together: [['identifiers', 'identifiersType']],
  },
  'productTypeDefinitions@2020-09-01.searchDefinitionsProductTypes': { excludes: [['keywords', 'itemName']] },
  'listingsItems@2021-08-01.searchListingsItems': {
    excludes: [['identifiers', 'variationParentSku', 'packageHierarchySku']],
    together: [['identifiers', 'identifiersType']],
  },
  'fulfillmentInbound@2024-03-20.listTransportationOptions': { oneOf: ['placementOptionId', 'shipmentId'] },
  'sales@v1.getOrderMetrics': { excludes: [['asin', 'sku']] },
  'finances@2024-06-19.listTransactions': {
    oneOf: ['postedAfter', 'relatedIdentifierName', 'nextToken'],
    together: [['relatedIdentifierName', 'relatedIdentifierValue']],
  },
  'finances@2024-06-19.listSummary': { together: [['relatedIdentifierName', 'relatedIdentifierValue']] },
  'invoices@2024-06-19.getInvoices': { together: [['transactionIdentifierName', 'transactionIdentifierId']] },
  'financesInvoices@2026-06-25.getInvoiceHeaders': { together: [['fromIssueDate', 'toIssueDate']] },
};

/** Checks which parameters stand together. */
export function checkRules(operation: OperationDescriptor, params: Params): Problem[] {
  const rules = parameterRules[operationKey(operation)];
  if (rules === undefined) return [];
  const given = new Set(Object.keys(params).filter((name) => params[name] !== undefined));
  const problems: Problem[] = [];
  const { alone, oneOf = [], excludes = [], together = [] } = rules;
  if (alone !== undefined && given.has(alone) && given.size > 1) {
    const others = [...given].filter((name) => name !== alone);
    problems.push({
      field: alone,
      text: `Amazon takes it only by itself: it brings the filters of the call that gave it. Leave out ${others.join(', ')}`,
    });
  }
  if (oneOf.length > 0 && !oneOf.some((name) => given.has(name))) {
    problems.push({ field: oneOf[0] as string, text: `one of ${oneOf.join(', ')} is needed` });
  }
  for (const [first, ...others] of excludes) {
    const clashing = others.filter((name) => given.has(name));
    if (given.has(first) && clashing.length > 0)
      problems.push({ field: first, text: `cannot be used together with ${clashing.join(', ')}` });
  }
  for (const group of together) {
    const missing = group.filter((name) => !given.has(name));
    if (missing.length > 0 && missing.length < group.length)
      problems.push({
        field: missing[0] as string,
        text: `is needed together with ${group.filter((name) => given.has(name)).join(', ')}`,
      });
  }
  return problems;
}
