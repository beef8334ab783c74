import type { OperationDescriptor, ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { brokenText, checkValue } from './check-value.js';
import { checkIsObject, type Params, type Problem, refuseIfAny } from './parameter-problems.js';

/**
 * All that is checked of an unchecked call: that its parameters can be written into a request. The path needs its values, and none that change
 * the path; query and headers take texts, numbers, truth values and lists of them. A body may be anything.
 *
 * @throws ValidationError that lists every problem at once.
 */
export function checkWritable(operation: OperationDescriptor, params: Params, account?: string): void {
  checkIsObject(operation, params, account);
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  const inBody = operation.parameters.filter(({ in: place }) => place === 'body' || place === 'formData');
  const problems = inPath.flatMap((parameter) => pathProblems(parameter, params[parameter.name]));
  const elsewhere = new Set([...inPath.map(({ name }) => name), ...inBody.map(({ name }) => name), 'body']);
  for (const [field, value] of Object.entries(params)) {
    if (value === undefined || elsewhere.has(field)) continue;
    const text = textProblem(value);
    if (text !== undefined) problems.push({ field, text });
  }
  if (operation.method === 'GET' && inBody.length === 0 && params.body !== undefined) {
    problems.push({ field: 'body', text: 'cannot be sent with a GET' });
  }
  refuseIfAny(problems, operation, {
    account,
    remedy: 'Correct the parameters listed: they cannot be written into a request. Nothing was sent.',
  });
}

/** Size and pattern of a path value may have changed; that it is one segment of the path may not. */
function pathProblems({ name, type, in: place, greedy }: ParameterDescriptor, value: unknown): Problem[] {
  if (value === undefined) return [{ field: name, text: 'is required, since it is a part of the path' }];
  const bare: ParameterDescriptor = { name, type, in: place, ...(greedy && { greedy }) };
  return checkValue(bare, value).map((text) => ({ field: name, text }));
}

function textProblem(value: unknown): string | undefined {
  if (value instanceof Date) return 'must be text, not a Date (pass date.toISOString())';
  if (isBroken(value)) return brokenText;
  if (!Array.isArray(value)) return isScalar(value) ? undefined : 'must be text, a number or true or false';
  if (value.length === 0) return 'must not be an empty list; leave it out';
  if (value.some(isBroken)) return brokenText;
  return value.every(isScalar) ? undefined : 'must be a list of texts, numbers or truth values';
}

function isBroken(value: unknown): boolean {
  return typeof value === 'string' && !value.isWellFormed();
}

function isScalar(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}
