import type { TopLevelSpec } from 'vega-lite';
import type { Results } from '../evaluate/evaluate.ts';
import { FRAME, INK } from './style.ts';

/** Speedup of every draft in every context, and of the trained policy. */
export function heatMap({ cells }: Results): TopLevelSpec | undefined {
  if (cells.length === 0) return undefined;
  const contexts = [
    ...new Set(cells.map(({ property, value, requests }) => contextName(property, value, requests))),
  ];
  const drafts = [...new Set(cells.map(({ draft, length }) => `${draft}@${length}`))];
  const values = cells.flatMap(({ property, value, requests, draft, length, speedup, trained }) => {
    const context = contextName(property, value, requests);
    const own = { context, draft: `${draft}@${length}`, speedup };
    return draft === cells[0]!.draft ? [own, { context, draft: 'trained', speedup: trained }] : [own];
  });
  // Speedups are ratios: the middle of the scale is «no gain», and twice as fast is as far as half as fast.
  const span = Math.max(...values.map(({ speedup }) => Math.abs(Math.log2(speedup))));
  return {
    ...FRAME,
    title: {
      text: 'Which draft is fast depends on the context',
      subtitle: ['Speedup over plain decoding on held-out packages;', 'in brackets the number of requests'],
    },
    data: { values },
    width: { step: Math.max(72, ...drafts.map((draft) => 7 * draft.length + 8)) },
    height: { step: 24 },
    encoding: {
      x: {
        field: 'draft',
        type: 'nominal',
        sort: [...drafts, 'trained'],
        axis: { orient: 'top', title: null, labelAngle: 0, domain: false, ticks: false },
      },
      y: {
        field: 'context',
        type: 'nominal',
        sort: contexts,
        axis: { title: null, domain: false, ticks: false, labelLimit: 400 },
      },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white', strokeWidth: 2 },
        transform: [{ calculate: 'log(datum.speedup) / LN2', as: 'doublings' }],
        encoding: {
          color: {
            field: 'doublings',
            type: 'quantitative',
            scale: { scheme: 'blueorange', reverse: true, domain: [-span, span] },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 12 },
        transform: [{ calculate: `abs(log(datum.speedup) / LN2) / ${span}`, as: 'far' }],
        encoding: {
          text: { field: 'speedup', type: 'quantitative', format: '.2f' },
          color: { condition: { test: 'datum.far > 0.68', value: 'white' }, value: INK },
        },
      },
    ],
  };
}

function contextName(property: string, value: string, requests: number): string {
  return `${property} ${value} (${requests})`;
}
