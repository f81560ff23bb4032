export function demoPlace(): { readonly file: string; readonly text: string; readonly offset: number };
