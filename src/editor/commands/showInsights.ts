import * as vscode from 'vscode';
import { insightsPage } from '../insights/insights.ts';
import { showPage } from '../insights/panel.ts';
import type { Services } from '../services.ts';
import { say } from '../words.ts';

/** «Show Insights»: what drafting gained today. */
export function registerShowInsights({ host, usage, configuration }: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.showInsights', async () => {
    const { state } = host.worker;
    const setup = state.kind === 'ready' ? state.setup : undefined;
    const facts = {
      counts: usage.counts,
      times: usage.times,
      made: usage.made,
      model: setup?.model ?? configuration.settings.model,
      policy: setup?.policy ?? configuration.settings.policy,
      drafts: setup?.drafts ?? [],
      residentBytes: await host.worker.residentBytes(),
      language: vscode.env.language,
    };
    showPage('insights', say('Slipstream: Insights'), (nonce) => insightsPage(facts, nonce), [
      'slipstream.showInsights',
    ]);
  });
}
