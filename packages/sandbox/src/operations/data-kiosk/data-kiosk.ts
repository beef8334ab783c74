import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { checkSellerAccess } from '../../checks/seller-access.js';
import { datasets, retiredDatasets, wrongFields } from '../../data-kiosk/datasets.js';
import { minified, parseQuery, type QueryField, QuerySyntaxError } from '../../data-kiosk/parse-query.js';
import type { StoredQuery } from '../../data-kiosk/stored-query.js';
import { notFound } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { badBody, cancelWork, ownerOf, ownPage, progressOf, workOf } from '../work-operations.js';

const queryBody = z.object({ query: z.string().min(1), paginationToken: z.string().optional() });

/** Source: `query` of CreateQuerySpecification, dataKiosk_2023-11-15, checked November 2026. */
const longestQuery = 8_000;

export const createQuery = implement('dataKiosk', '2023-11-15', 'createQuery', (call) => {
  const { paginationToken, query } = readBody(queryBody, call.params.body);
  const { dataset, view } = understood(query);
  checkSellerAccess(call.seller, call.region, view.args, undefined);
  const { applicationId } = call.application;
  const { region, seller } = call;
  const made = call.desks.queries.create({
    seller,
    region,
    applicationId,
    dataset,
    view,
    query,
    paginationToken,
  });
  if (made === undefined) throw badBody('paginationToken does not belong to this query.');
  return { queryId: made.id };
});

export const getQuery = implement('dataKiosk', '2023-11-15', 'getQuery', (call) =>
  render(workOf(call, call.desks.queries, 'query', call.params.queryId)),
);

export const getQueries = implement('dataKiosk', '2023-11-15', 'getQueries', (call) => {
  const { pageSize, paginationToken: token, ...others } = call.params;
  const order = { filter: { ...others, pageSize }, token, bound: JSON.stringify(others) };
  const { items, nextToken } = ownPage(call, 'dataKiosk.getQueries', call.desks.queries.all(), order);
  return {
    queries: items.map(render),
    ...(nextToken === undefined ? {} : { pagination: { nextToken } }),
  };
});

export const cancelQuery = implement('dataKiosk', '2023-11-15', 'cancelQuery', (call) =>
  cancelWork(call, call.desks.queries, 'query', call.params.queryId),
);

/** The answer says nothing of a compression: the download's `Content-Encoding` does. */
export const getDocument = implement('dataKiosk', '2023-11-15', 'getDocument', (call) => {
  const { documentId } = call.params;
  const document = call.desks.shelf.find(['query'], documentId, ownerOf(call));
  if (document === undefined)
    throw notFound('The specified resource does not exist.', `There is no document ${documentId}.`);
  return { documentId, documentUrl: call.desks.shelf.downloadUrl(document, true) };
});

/** @throws Refusal (400) that says what is wrong with the query. */
function understood(query: string): { readonly dataset: string; readonly view: QueryField } {
  let roots: readonly QueryField[];
  try {
    roots = parseQuery(query);
  } catch (error) {
    if (error instanceof QuerySyntaxError) throw badBody(`query: ${error.message}`);
    throw error;
  }
  if (minified(query).length > longestQuery)
    throw badBody(`query: at most ${longestQuery} characters may be left without unnecessary whitespace.`);
  const [root, ...others] = roots as readonly [QueryField, ...QueryField[]];
  const views = datasets[root.name];
  const successor = retiredDatasets[root.name];
  if (successor !== undefined) throw badBody(`query: ${root.name} is gone; use ${successor}.`);
  if (views === undefined) throw badBody(`query: there is no dataset ${root.name}.`);
  const [view, ...more] = root.fields;
  if (others.length > 0 || more.length > 0 || view === undefined)
    throw badBody('query: exactly one field of one dataset can be asked for.');
  const known = views[view.name];
  if (known === undefined) throw badBody(`query: ${root.name} has no field ${view.name}.`);
  const missing = known.needs.filter((name) => view.args[name] === undefined);
  if (missing.length > 0) throw badBody(`query: ${view.name} needs ${missing.join(', ')}.`);
  if (view.fields.length === 0) throw badBody(`query: ${view.name} must have a selection of its fields.`);
  const wrong = known.sample === undefined ? [] : wrongFields(view.fields, known.sample);
  if (wrong.length > 0) throw badBody(`query: ${wrong.join('; ')}.`);
  checkSpan(view);
  return { dataset: root.name, view };
}

function checkSpan({ args: { endDate, startDate } }: QueryField): void {
  for (const date of [startDate, endDate])
    if (typeof date !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(Date.parse(date)))
      throw badBody(`query: '${date}' is no date like 2026-11-15.`);
  if ((startDate as string) > (endDate as string)) throw badBody('query: startDate is after endDate.');
}

function render(query: StoredQuery): ResponseOf<'dataKiosk', '2023-11-15', 'getQuery'> {
  const { dataDocumentId, errorDocumentId, nextToken } = query;
  return {
    queryId: query.id,
    query: query.query,
    ...progressOf(query),
    ...(dataDocumentId === undefined ? {} : { dataDocumentId }),
    ...(errorDocumentId === undefined ? {} : { errorDocumentId }),
    ...(nextToken === undefined ? {} : { pagination: { nextToken } }),
  };
}
