export function digestOf(example: string): string;
export function exampleNames(): string[];
export function renderedFile(example: string): string;
