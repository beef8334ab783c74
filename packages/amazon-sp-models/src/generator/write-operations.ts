import type { OperationDescriptor } from '../operation.js';
import { literal, members } from './literal.js';
import { header, type ModelSource } from './source.js';

/** Writes the table of all operations: a parameter per line, so that a change of the models reads well. */
export function writeOperations(operations: readonly OperationDescriptor[], source: ModelSource): string {
  return [
    header(source),
    "import type { OperationDescriptor } from '../operation.js';\n\n",
    '/** Every operation of every API version: by API name, newest version first, then in the order of the model. */\n',
    'export const operations: readonly OperationDescriptor[] = [\n',
    ...operations.map(writeOperation),
    '];\n',
  ].join('');
}

function writeOperation(operation: OperationDescriptor): string {
  const { parameters, api, version, operationId, method, path, ...facts } = operation;
  const lines = [
    '  {',
    `    ${members({ api, version, operationId }).join(', ')},`,
    `    ${members({ method, path }).join(', ')},`,
    `    ${members(facts).join(', ')},`,
    ...(parameters.length === 0
      ? ['    parameters: [],']
      : ['    parameters: [', ...parameters.map((parameter) => `      ${literal(parameter)},`), '    ],']),
    '  },',
    '',
  ];
  return lines.join('\n');
}
