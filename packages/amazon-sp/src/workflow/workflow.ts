import { ValidationError } from '@fluxori/core';
import type { Journal } from './journal.js';
import type { Terms } from './terms.js';

/** Every state names the step that comes next. What else it holds is plain JSON: no secret, no personal data. */
export interface StepState {
  readonly step: string;
}

/** What a step works with. */
export interface StepRun<State extends StepState> {
  readonly terms: Terms;
  /**
   * The record was there when this run began, so the process may have died in the midst of this very step, or a wait has ended. A step that does what must
   * not be done twice looks first then.
   */
  readonly resumed: boolean;
  /** Records `state` and then ends the run with `error`: for a call that was certainly not carried out. */
  back(state: State, error: unknown): Promise<never>;
}

export type Step<State extends StepState, Here extends State = State> = (
  state: Here,
  run: StepRun<State>,
) => Promise<State>;

/**
 * Work in recorded steps. Between two records happens at most one thing that cannot be undone, so that after a crash at any moment the
 * record tells what may have happened: *intend* (record), *do*, *record* what came of it.
 */
export interface Workflow<State extends StepState> {
  /** For messages, e.g. `reports.run`. */
  readonly name: string;
  /** How it begins. Not recorded by itself. */
  readonly begin: () => State;
  /** What each step does; it gives the state to record, whose `step` comes next. A state whose step is not here is the end. */
  readonly steps: {
    readonly [Name in Exclude<State['step'], 'end'>]: Step<State, Extract<State, { step: Name }>>;
  };
  /** Steps after which nobody could tell whether they were carried out: a job of a process that is told to stop does not leave just before one, but after it. */
  readonly intents?: readonly Exclude<State['step'], 'end'>[];
}

/**
 * Runs a workflow from where its journal says, to its end.
 *
 * @returns the last state, which is recorded.
 * @throws ValidationError `JOB_STATE` when the journal was written by a release that has other steps.
 * @throws what a step throws; the journal then holds the step that failed, and the next run begins with it.
 */
export async function runWorkflow<State extends StepState>(
  workflow: Workflow<State>,
  { journal, terms }: { readonly journal: Journal<State>; readonly terms: Terms },
): Promise<Extract<State, { step: 'end' }>> {
  const intents: readonly string[] = workflow.intents ?? [];
  let resumed = journal.state !== undefined;
  let state = journal.state ?? workflow.begin();
  while (state.step !== 'end') {
    terms.signal.throwIfAborted();
    const step = stepNamed(workflow, state.step);
    state = await step(state, {
      terms,
      resumed,
      async back(before, error) {
        await journal.save(before);
        throw error;
      },
    });
    await journal.save(state, { goesOn: intents.includes(state.step) });
    resumed = false;
  }
  return state as Extract<State, { step: 'end' }>;
}

/** The names of all steps that are recorded, in order; `end` is the last. For tests that stop the process at each. */
export function stepNames<State extends StepState>(workflow: Workflow<State>): readonly string[] {
  return [...Object.keys(workflow.steps), 'end'];
}

function stepNamed<State extends StepState>(workflow: Workflow<State>, name: string): Step<State> {
  const steps = workflow.steps as unknown as Readonly<Record<string, Step<State>>>;
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  if (step !== undefined) return step;
  throw new ValidationError(
    `${workflow.name} was left at the step ${JSON.stringify(name)}, which this release does not have.`,
    {
      code: 'JOB_STATE',
      field: 'step',
      operation: workflow.name,
      remedy: 'Let a worker of the release that began it finish it, or begin it anew.',
    },
  );
}
