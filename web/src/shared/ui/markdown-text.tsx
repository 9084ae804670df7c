import MarkdownIt from 'markdown-it';
import { useMemo } from 'react';

// HTML stays text, and pictures would tell other hosts who reads this: they become links.
const markdown = new MarkdownIt({ html: false, linkify: true });
markdown.renderer.rules.image = (tokens, index, options, env, self) => {
  const token = tokens[index];
  const source = String(token?.attrGet('src') ?? '');
  const text = self.renderInlineAsText(token?.children ?? [], options, env) || source;
  const { escapeHtml } = markdown.utils;
  return `<a href="${escapeHtml(source)}" rel="noopener noreferrer nofollow" target="_blank">${escapeHtml(text)}</a>`;
};
markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  const token = tokens[index];
  token?.attrSet('rel', 'noopener noreferrer nofollow');
  token?.attrSet('target', '_blank');
  return self.renderToken(tokens, index, options);
};

export function MarkdownText({ text }: { readonly text: string }) {
  const html = useMemo(() => markdown.render(text), [text]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: markdown-it escapes all but its own marks.
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
