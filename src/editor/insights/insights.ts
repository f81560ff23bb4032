import type { DraftInfo } from '../../worker/protocol.ts';
import type { Counts } from '../usage/counts.ts';
import type { Made } from '../usage/usage.ts';
import { say } from '../words.ts';
import { bars, colourCount, escaped, pageOf, table } from './html.ts';

/** What the page is made of. */
export interface InsightFacts {
  readonly counts: Counts;
  /** Milliseconds from request to answer of what was shown since the window opened. */
  readonly times: readonly number[];
  readonly made: readonly Made[];
  readonly model: string;
  readonly policy: string;
  readonly drafts: readonly DraftInfo[];
  readonly residentBytes: number | undefined;
  /** The language of the user's texts. */
  readonly language: string;
}

/** The insights page. */
export function insightsPage(facts: InsightFacts, nonce: string): string {
  const title = say('Slipstream: Insights');
  const refresh = `<p><a href="command:slipstream.showInsights">${escaped(say('Refresh'))}</a></p>`;
  const { counts } = facts;
  const body =
    counts.jobs === 0 && facts.times.length === 0
      ? `<p>${escaped(say('Nothing was suggested today yet. Type in a file, then come back.'))}</p>`
      : [speed(facts), fates(counts), byLanguage(counts), latency(facts), madeOf(facts.made)].join('');
  const about = say(
    'Model {0}, policy {1}. All of this is counted on this machine and stays here.',
    facts.model,
    facts.policy,
  );
  return pageOf(title, facts.language, `<p class="note">${escaped(about)}</p>${refresh}${body}`, nonce);
}

/** Quantile of numbers that need not be in order; undefined of none. */
function quantile(values: readonly number[], share: number): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
}

function speed({ counts, residentBytes }: InsightFacts): string {
  const { tokens, decodeMillis, plainMillis } = counts;
  const rate = decodeMillis > 0 ? (1_000 * tokens) / decodeMillis : 0;
  // By the times that held for each job, as what was saved is: the figures agree though passes are measured anew in between.
  const plain = plainMillis > 0 ? (1_000 * tokens) / plainMillis : 0;
  const saved = Math.max(0, plainMillis - decodeMillis);
  const hits = (counts.shown.cache ?? 0) + (counts.shown['typed-ahead'] ?? 0);
  const shown = sum(counts.shown);
  const figures: [string, string][] = [
    [say('tokens a second'), rate.toFixed(0)],
    [say('without drafts'), plain > 0 ? plain.toFixed(0) : '–'],
    [say('saved today'), duration(saved)],
    [say('shown without asking the model'), shown > 0 ? percent(hits / shown) : '–'],
    [say('memory of the worker'), residentBytes ? say('{0} MB', Math.round(residentBytes / 2 ** 20)) : '–'],
  ];
  const chart = bars(say('Tokens a second with and without drafts'), [
    { label: say('with drafts'), value: rate, text: rate.toFixed(0) },
    { label: say('without drafts'), value: plain, text: plain.toFixed(0) },
  ]);
  const note = say(
    '«Without drafts» is the time of a pass measured at the start, times {0} tokens of today. While the machine is busy the gain looks smaller than it is.',
    tokens,
  );
  return `<h2>${escaped(say('Speed today'))}</h2>${list(figures)}${chart}<p class="note">${escaped(note)}</p>`;
}

function list(figures: readonly (readonly [string, string])[]): string {
  const items = figures.map(
    ([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return `<dl>${items.join('')}</dl>`;
}

function fates({ shown, accepted, partly, rejected, kept, jobs, cancelled }: Counts): string {
  const still = (seconds: string) => {
    const count = kept[seconds];
    return count ? `${percent(count.still / count.looked)} (${count.looked})` : '–';
  };
  const rows = [
    [say('shown'), String(sum(shown))],
    [say('accepted whole'), String(accepted)],
    [say('accepted in part'), String(partly)],
    [say('something else was typed'), String(rejected)],
    [say('still there after 30 s'), still('30')],
    [say('still there after 5 min'), still('300')],
    [say('jobs of the model'), String(jobs)],
    [say('jobs ended early'), String(cancelled)],
  ];
  return `<h2>${escaped(say('What became of suggestions'))}</h2>${table(say('Today, in this workspace'), ['', say('count')], rows)}`;
}

function byLanguage({ drafts }: Counts): string {
  const rows = Object.entries(drafts).flatMap(([language, byDraft]) =>
    Object.entries(byDraft)
      .sort(([, a], [, b]) => b.rounds - a.rounds)
      .map(([id, { rounds, drafted, accepted }]) => [
        `${language}: ${id}`,
        String(rounds),
        String(drafted),
        String(accepted),
        drafted > 0 ? percent(accepted / drafted) : '–',
      ]),
  );
  if (rows.length === 0) return '';
  const heads = ['', say('rounds'), say('guessed'), say('right'), say('share')];
  return `<h2>${escaped(say('What the policy chose'))}</h2>${table(say('By language and draft'), heads, rows)}`;
}

function latency({ times, counts }: InsightFacts): string {
  if (times.length === 0) return '';
  const at = (share: number) => say('{0} ms', Math.round(quantile(times, share)!));
  const rows = [[say('to the answer'), at(0.5), at(0.95), at(0.99)]];
  const sources = Object.entries(counts.shown).map(([source, count]) => ({
    label: source,
    value: count,
    text: String(count),
  }));
  return (
    `<h2>${escaped(say('How long it took'))}</h2>` +
    table(say('{0} suggestions since the window opened', times.length), ['', '50 %', '95 %', '99 %'], rows) +
    `<h2>${escaped(say('Where suggestions came from'))}</h2>` +
    bars(say('Where suggestions came from'), sources) +
    table(
      say('Today'),
      ['', say('count')],
      sources.map(({ label, text }) => [label, text]),
    )
  );
}

/** The last suggestions with each piece marked by the draft that guessed it. */
function madeOf(made: readonly Made[]): string {
  if (made.length === 0) return '';
  const ids = [...new Set(made.flatMap(({ pieces }) => pieces.map(({ draft }) => draft)))].filter(
    (id) => id !== '',
  );
  const mark = (draft: string) => `d d${ids.indexOf(draft) % colourCount}`;
  const keys = ids.map((id) => `<span class="key"><span class="${mark(id)}">${escaped(id)}</span></span>`);
  const key = `<p>${keys.join('')}<span class="key">${escaped(say('no line: the model itself'))}</span></p>`;
  const each = made.map(({ language, pieces, result }) => {
    const text = pieces
      .map(({ text: piece, draft }) =>
        draft === ''
          ? escaped(piece)
          : `<span class="${mark(draft)}" title="${escaped(draft)}">${escaped(piece)}</span>`,
      )
      .join('');
    const own = result.tokens - result.accepted;
    const caption = say(
      '{0}: {1} tokens in {2} ms, {3} guessed by drafts, {4} written by the model',
      language,
      result.tokens,
      Math.round(result.millis.decode),
      result.accepted,
      own,
    );
    return `<p class="note">${escaped(caption)}</p><pre tabindex="0" aria-label="${escaped(caption)}">${text}</pre>`;
  });
  return `<h2>${escaped(say('How this suggestion was made'))}</h2>${key}${each.join('')}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

function duration(millis: number): string {
  if (millis < 60_000) return say('{0} s', (millis / 1_000).toFixed(1));
  return say('{0} min', (millis / 60_000).toFixed(1));
}
