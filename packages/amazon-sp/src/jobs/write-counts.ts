import type { WriteResult } from '@fluxori/core';

export const noCounts: WriteResult = { inserted: 0, updated: 0, unchanged: 0 };

export function addCounts(a: WriteResult, b: WriteResult): WriteResult {
  return {
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
  };
}
