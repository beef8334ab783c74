import { ConfigurationError } from '@fluxori/core';

/** The error for a file that is no JSON. Of the parser's message only the place: it may quote what stands there. */
export function notJson(file: string, cause: unknown): ConfigurationError {
  const [place = ''] = / at position \d+( \(line \d+ column \d+\))?/.exec((cause as Error).message) ?? [];
  return new ConfigurationError(`${file} is not valid JSON${place}.`, {
    field: 'config',
    remedy: 'Correct the file; `fluxori config check` tells when it is right.',
  });
}
