import type { TopLevelSpec } from 'vega-lite';
import type { Results } from '../evaluate/evaluate.ts';
import { COLOURS, FRAME } from './style.ts';

/** Speedup by number of training prompts. */
export function curvePlot({ curve, scores }: Results): TopLevelSpec | undefined {
  if (curve.length === 0) return undefined;
  const values = curve.map(({ policy, prompts, speedups }) => ({
    policy,
    prompts,
    mean: speedups.reduce((sum, value) => sum + value, 0) / speedups.length,
    low: Math.min(...speedups),
    high: Math.max(...speedups),
  }));
  const most = Math.max(...values.map(({ prompts }) => prompts));
  const least = Math.min(...values.map(({ prompts }) => prompts));
  // Named at the left, where no curve ends.
  const rule = scores
    .filter(({ id }) => id === 'oracle per round' || id === 'best fixed')
    .map(({ id, speedup }) => ({ name: id, speedup: speedup.geomean, prompts: least }));
  return {
    ...FRAME,
    title: {
      text: 'How many recorded requests a policy needs',
      subtitle: ['Speedup on held-out packages, mean over seeds;', 'the band spans lowest to highest'],
    },
    width: 520,
    height: 280,
    layer: [
      {
        data: { values: rule },
        encoding: { y: { field: 'speedup', type: 'quantitative' } },
        layer: [
          { mark: { type: 'rule', strokeDash: [4, 4], color: '#777777' } },
          {
            mark: { type: 'text', align: 'left', dx: 4, dy: -8, color: '#777777', fontSize: 12 },
            encoding: { x: { field: 'prompts', type: 'quantitative' }, text: { field: 'name' } },
          },
        ],
      },
      {
        data: { values },
        encoding: {
          x: {
            field: 'prompts',
            type: 'quantitative',
            scale: { type: 'log', nice: false },
            axis: {
              title: 'training prompts (logarithmic)',
              values: [...new Set(values.map(({ prompts }) => prompts))],
              grid: false,
              format: 'd',
            },
          },
          color: {
            field: 'policy',
            type: 'nominal',
            scale: { domain: ['trained', 'language router'], range: COLOURS.slice(0, 2) },
            legend: null,
          },
        },
        layer: [
          {
            mark: { type: 'area', opacity: 0.18 },
            encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
          },
          {
            mark: { type: 'line', point: true },
            encoding: {
              y: {
                field: 'mean',
                type: 'quantitative',
                scale: { zero: false },
                axis: { title: 'speedup over plain decoding', tickCount: 6 },
              },
            },
          },
          {
            transform: [{ filter: `datum.prompts === ${most}` }],
            mark: { type: 'text', align: 'left', dx: 8, fontSize: 12, fontWeight: 'bold' },
            encoding: { y: { field: 'mean', type: 'quantitative' }, text: { field: 'policy' } },
          },
        ],
      },
    ],
  };
}
