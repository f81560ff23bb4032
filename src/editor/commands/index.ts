import type * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { registerAcceptSuggestion } from './acceptSuggestion.ts';
import { registerBadSuggestion } from './badSuggestion.ts';
import { registerChooseDrafts } from './chooseDrafts.ts';
import { registerChoosePolicy } from './choosePolicy.ts';
import { registerGoodSuggestion } from './goodSuggestion.ts';
import { registerOpenSettings } from './openSettings.ts';
import { registerPreviewActions } from './previewActions.ts';
import { registerRestartWorker } from './restartWorker.ts';
import { registerShowLog } from './showLog.ts';
import { registerShowStatus } from './showStatus.ts';
import { registerSummarizeSelection } from './summarizeSelection.ts';
import { registerToggle } from './toggle.ts';
import { registerToggleLanguage } from './toggleLanguage.ts';
import { registerTranslateSelection } from './translateSelection.ts';

/** Register every command. */
export function registerCommands(services: Services): vscode.Disposable[] {
  return [
    registerAcceptSuggestion(services),
    registerBadSuggestion(services),
    registerChooseDrafts(services),
    registerChoosePolicy(services),
    registerGoodSuggestion(services),
    registerOpenSettings(),
    registerPreviewActions(services),
    registerRestartWorker(services),
    registerShowLog(services),
    registerShowStatus(services),
    registerSummarizeSelection(services),
    registerToggle(services),
    registerToggleLanguage(services),
    registerTranslateSelection(services),
  ];
}
