import { UserError } from '../errors.ts';
import { ONE_ROW } from './arms.ts';
import type { ArmSummary } from './report.ts';

/**
 * Every arm must have written what plain decoding wrote; only the one-row kernel may round differently.
 * @throws UserError `not-lossless`, which names the arms that did not.
 */
export function requireLossless(
  report: Readonly<Record<string, Pick<ArmSummary, 'identical' | 'of'>>>,
): void {
  const wrong = Object.entries(report).filter(
    ([arm, { identical, of }]) => arm !== ONE_ROW && identical < of,
  );
  if (wrong.length === 0) return;
  throw new UserError(
    'not-lossless',
    `The output of ${wrong.map(([arm]) => arm).join(', ')} is not that of plain decoding: please report this with the model and the machine.`,
  );
}
