import type { TopLevelSpec } from 'vega-lite';
import type { Results } from '../evaluate/evaluate.ts';
import { COLOURS, FRAME, INK } from './style.ts';

/** What the trained policy chose in each language. */
export function picksPlot({ picks, drafts }: Results): TopLevelSpec | undefined {
  if (picks.length === 0) return undefined;
  const order = [...drafts.filter((draft) => picks.some((pick) => pick.draft === draft)), 'none'];
  const rank = new Map(order.map((draft, at) => [draft, at]));
  return {
    ...FRAME,
    title: {
      text: 'What the trained policy picked where',
      subtitle: 'Share of rounds by language and draft',
    },
    data: { values: picks.map((pick) => ({ ...pick, rank: rank.get(pick.draft) })) },
    width: 520,
    height: { step: 26 },
    encoding: {
      y: { field: 'language', type: 'nominal', axis: { title: null, domain: false, ticks: false } },
      x: {
        field: 'share',
        type: 'quantitative',
        stack: 'zero',
        scale: { domain: [0, 1] },
        axis: { title: 'share of rounds', format: '%', grid: false },
      },
      order: { field: 'rank', type: 'quantitative' },
    },
    layer: [
      {
        mark: { type: 'bar', stroke: 'white', strokeWidth: 1 },
        encoding: {
          color: {
            field: 'draft',
            type: 'nominal',
            scale: {
              domain: order,
              range: order.map((_, at) => (at === order.length - 1 ? '#cccccc' : COLOURS[at % 7]!)),
            },
            legend: { title: null, orient: 'top', columns: 6 },
          },
        },
      },
      {
        transform: [{ filter: 'datum.share >= 0.06' }],
        mark: { type: 'text', fontSize: 11, color: 'white' },
        encoding: {
          x: { field: 'share', type: 'quantitative', stack: 'zero', bandPosition: 0.5 },
          text: { field: 'share', type: 'quantitative', format: '.0%' },
          color: { condition: { test: "datum.draft === 'none'", value: INK }, value: 'white' },
        },
      },
    ],
  };
}
