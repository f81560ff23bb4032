import type { TopLevelSpec } from 'vega-lite';
import type { Results } from '../evaluate/evaluate.ts';
import { COLOURS, FRAME } from './style.ts';

/** Time behind the best fixed draft over requests, with a change of language in the middle. */
export function regretPlot({ regret }: Results): TopLevelSpec | undefined {
  if (!regret) return undefined;
  const { from, to, changeAt, curves } = regret;
  const values = curves.flatMap(({ policy, millis }) =>
    millis.map((value, at) => ({ policy, request: at + 1, millis: value })),
  );
  const most = 2 * changeAt;
  return {
    ...FRAME,
    title: {
      text: 'Time lost after a change of language',
      subtitle: [
        'Milliseconds behind the best fixed draft of each language in hindsight;',
        `${changeAt} requests of ${from}, then ${to}`,
      ],
    },
    width: 560,
    height: 300,
    layer: [
      {
        data: { values: [{ request: changeAt + 0.5, label: `${from} → ${to}` }] },
        encoding: { x: { field: 'request', type: 'quantitative' } },
        layer: [
          { mark: { type: 'rule', color: '#777777', strokeDash: [4, 4] } },
          {
            mark: { type: 'text', align: 'left', dx: 6, y: 8, color: '#777777', fontSize: 12 },
            encoding: { text: { field: 'label' } },
          },
        ],
      },
      {
        data: { values },
        encoding: {
          x: {
            field: 'request',
            type: 'quantitative',
            scale: { domain: [0, most], nice: false },
            axis: { title: 'requests', grid: false },
          },
          y: {
            field: 'millis',
            type: 'quantitative',
            axis: { title: 'ms behind (below 0: ahead)', tickCount: 6 },
          },
          color: {
            field: 'policy',
            type: 'nominal',
            scale: {
              domain: curves.map(({ policy }) => policy),
              range: COLOURS.slice(0, curves.length),
            },
            legend: null,
          },
        },
        layer: [
          { mark: { type: 'line', strokeWidth: 2 } },
          {
            transform: [{ filter: `datum.request === ${most}` }],
            mark: { type: 'text', align: 'left', dx: 6, fontSize: 12, fontWeight: 'bold' },
            encoding: { text: { field: 'policy' } },
          },
        ],
      },
    ],
  };
}
