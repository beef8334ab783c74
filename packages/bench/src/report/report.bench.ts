import { reportBench } from '@fluxori/bench/report';

/** Reports of 1.2 and 2.4 GB (`--mb 100`: of 100 and 200 MB) to typed rows and to files. */
export const bench = reportBench;
