import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { dataElementsOf, restrictedOperations } from '../../checks/restricted-operations.js';
import { accessDenied, invalidInput } from '../../http/refusal.js';
import type { RestrictedResource } from '../../lwa/access-tokens.js';
import { implement } from '../../operation/implementation.js';
import { OperationRouter } from '../../router/operation-router.js';

const request = z.object({
  targetApplication: z.string().optional(),
  restrictedResources: z
    .array(
      z.object({
        method: z.enum(['GET', 'PUT', 'POST', 'DELETE']),
        path: z.string().startsWith('/'),
        dataElements: z.array(z.string()).optional(),
      }),
    )
    .min(1)
    .max(50),
});

const lifetimeSeconds = 3_600;
const router = new OperationRouter();

/**
 * Reports whose documents are not restricted are not known here, so a token for any report document is given, but
 * only for a specific one.
 */
const reportDocument = 'reports.getReportDocument';

export const createRestrictedDataToken = implement(
  'tokens',
  '2021-03-01',
  'createRestrictedDataToken',
  (call) => {
    const body = readBody(request, call.params.body);
    if (body.targetApplication !== undefined && body.targetApplication !== call.application.applicationId)
      throw accessDenied('The target application is not authorized by the selling partner.');
    for (const [i, resource] of body.restrictedResources.entries()) checkResource(resource, i);
    const token = call.tokens.issue(
      {
        kind: 'rdt',
        clientId: call.application.clientId,
        sellerId: call.seller.sellerId,
        resources: body.restrictedResources.map(({ method, path, dataElements }) => ({
          method,
          path,
          ...(dataElements === undefined ? {} : { dataElements }),
        })),
      },
      lifetimeSeconds * 1_000,
    );
    return { restrictedDataToken: token, expiresIn: lifetimeSeconds };
  },
);

function checkResource({ method, path, dataElements = [] }: RestrictedResource, index: number): void {
  const place = `restrictedResources[${index}]`;
  if (path.includes('?')) throw refuse(`${place}.path must not have a query.`);
  const found = router.find(method, path);
  const key = found.kind === 'match' ? found.match.value.key : undefined;
  if (key === undefined || (restrictedOperations[key] === undefined && key !== reportDocument))
    throw refuse(`${place}: ${method} ${path} is no restricted operation.`);
  if (key === reportDocument && path.includes('{'))
    throw refuse(`${place}.path must name one report document.`);
  const allowed = dataElementsOf[key] ?? [];
  for (const element of dataElements)
    if (!allowed.includes(element))
      throw refuse(`${place}.dataElements: '${element}' is not valid for this path.`);
  if (allowed.length > 0 && dataElements.length === 0)
    throw refuse(`${place}.dataElements is required for this path.`);
}

function refuse(details: string): Error {
  return invalidInput('Request body is invalid.', details);
}
