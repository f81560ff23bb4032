import type { View } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import type { Results } from '../evaluate/evaluate.ts';
import { curvePlot } from './curve.ts';
import { frontPlot } from './front.ts';
import { heatMap } from './heatMap.ts';
import { picksPlot } from './picks.ts';
import { regretPlot } from './regret.ts';

/** A drawn plot. */
export interface Plot {
  readonly name: string;
  readonly svg: string;
}

/** Draw what the results hold. */
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
  // Top-level awaits in the chart library: it cannot be imported in any other way.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const view: View = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
