import type { View } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { messageOf, UserError } from '../errors.ts';
import type { Results } from './evaluate.ts';
import { curvePlot } from './plots/curve.ts';
import { frontPlot } from './plots/front.ts';
import { heatMap } from './plots/heatMap.ts';
import { picksPlot } from './plots/picks.ts';
import { regretPlot } from './plots/regret.ts';

/** A drawn plot. */
export interface Plot {
  readonly name: string;
  readonly svg: string;
}

/** Draw what the results hold. @throws UserError `no-charts` where the chart library is not installed. */
export async function drawPlots(results: Results): Promise<Plot[]> {
  const specs: readonly [string, TopLevelSpec | undefined][] = [
    ['heat-map', heatMap(results)],
    ['learning-curve', curvePlot(results)],
    ['front', frontPlot(results)],
    ['regret', regretPlot(results)],
    ['picks', picksPlot(results)],
  ];
  const plots: Plot[] = [];
  for (const [name, spec] of specs) if (spec) plots.push({ name, svg: await draw(spec) });
  return plots;
}

async function draw(spec: TopLevelSpec): Promise<string> {
  const [vega, lite] = await charts();
  const view: View = new vega.View(vega.parse(lite.compile(spec).spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

/** The chart library, which only those have who develop Slipstream. */
async function charts() {
  try {
    return await Promise.all([import('vega'), import('vega-lite')]);
  } catch (error) {
    throw new UserError(
      'no-charts',
      `Plots need the packages vega and vega-lite, which are not installed (${messageOf(error)}). Install them beside Slipstream, or use --no-plots.`,
      { cause: error },
    );
  }
}
