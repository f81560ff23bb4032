/** Where people do not write code: inputs of chat and source control, output, and views of other versions. */
const otherScheme =
  /^(chat|vscode-chat|vscode-scm|scm|output|comment|debug|git|interactive|vscode-interactive|vscode-terminal|search-editor|walkThrough|webview|slipstream)/i;

/** Whether this is no place where people write code. */
export function isOtherScheme(scheme: string): boolean {
  return otherScheme.test(scheme);
}
