export function thirdPartyNotices(root: string, programs: readonly string[]): Promise<string>;
export function grammarNotices(root: string, carried: readonly string[]): Promise<string[]>;
