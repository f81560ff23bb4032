// This folder: commands of the palette, the menus and the status bar item.

import type * as vscode from 'vscode';
import { registerAcceptSuggestion } from '../completion/acceptSuggestion.ts';
import type { Services } from '../services.ts';
import { registerAddModel } from './addModel.ts';
import { registerBadSuggestion } from './badSuggestion.ts';
import { registerBenchmarkFile } from './benchmarkFile.ts';
import { registerChooseDrafts } from './chooseDrafts.ts';
import { registerChooseModel } from './chooseModel.ts';
import { registerChoosePolicy } from './choosePolicy.ts';
import { registerGoodSuggestion } from './goodSuggestion.ts';
import { registerOpenSettings } from './openSettings.ts';
import { registerPreviewActions } from './previewActions.ts';
import { registerRestartWorker } from './restartWorker.ts';
import { registerSetServerKey } from './setServerKey.ts';
import { registerShowInsights } from './showInsights.ts';
import { registerShowLog } from './showLog.ts';
import { registerShowStatus } from './showStatus.ts';
import { registerSnooze } from './snooze.ts';
import { registerSummarizeSelection } from './summarizeSelection.ts';
import { registerToggle, registerToggleWorkspace } from './toggle.ts';
import { registerToggleLanguage } from './toggleLanguage.ts';
import { registerTranslateSelection } from './translateSelection.ts';
import { registerTryFile } from './tryFile.ts';
import { registerTuneModel } from './tuneModel.ts';
import { registerUseBundledModel } from './useBundledModel.ts';

/** Register every command. */
export function registerCommands(services: Services): vscode.Disposable[] {
  return [
    registerAcceptSuggestion(services),
    registerAddModel(services),
    registerBadSuggestion(services),
    registerChooseDrafts(services),
    registerChoosePolicy(services),
    registerGoodSuggestion(services),
    registerOpenSettings(),
    registerPreviewActions(services),
    registerRestartWorker(services),
    registerSetServerKey(services),
    registerShowLog(services),
    registerShowStatus(services),
    registerSummarizeSelection(services),
    registerShowInsights(services),
    registerSnooze(services),
    registerUseBundledModel(services),
    registerBenchmarkFile(services),
    registerChooseModel(services),
    registerToggle(services),
    registerToggleWorkspace(services),
    registerToggleLanguage(services),
    registerTranslateSelection(services),
    registerTryFile(),
    registerTuneModel(services),
  ];
}
