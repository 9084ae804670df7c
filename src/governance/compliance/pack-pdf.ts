import PDFDocument from 'pdfkit';
import type { CompliancePack } from './pack.js';
import { headOf, linesOf, type PackSection, sectionsOf } from './pack-sections.js';

const LABEL_WIDTH = 110;
const MARGIN = 50;

/** The built-in fonts know Western European signs; others would come out as something else. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll('’', "'")
    .replaceAll(/[^\u0020-\u007e\u00a0-\u00ff\n]/gu, '?');

/** @returns the pack on paper */
export function toPdf(pack: CompliancePack): Promise<Uint8Array<ArrayBuffer>> {
  const title = plain(`Compliance pack of ${pack.model} version ${pack.version}`);
  const document = new PDFDocument({
    ...{ size: 'A4', margin: MARGIN, bufferPages: true },
    info: {
      ...{ Title: title, Producer: pack.generator, Creator: pack.generator },
      CreationDate: new Date(pack.generated_time),
    },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    document.on('error', reject);
  });
  document.font('Helvetica-Bold').fontSize(18).text(title);
  document.moveDown(0.5).font('Helvetica-Oblique').fontSize(9).text(plain(pack.statement));
  document.moveDown();
  pairs(document, headOf(pack));
  for (const one of pack.questions) {
    heading(document, `${one.status}   ${one.question}`);
    pairs(document, linesOf(one));
  }
  heading(document, 'Model card');
  const { content = {} } = pack.card;
  pairs(
    document,
    Object.entries(content).map(([key, value]) => [
      key,
      (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 4_000),
    ]),
  );
  for (const section of sectionsOf(pack)) table(document, section);
  numberPages(document, title);
  document.end();
  return done;
}

function heading(document: PDFKit.PDFDocument, text: string): void {
  document.moveDown().font('Helvetica-Bold').fontSize(12).text(plain(text), MARGIN);
  document.moveDown(0.3);
}

function pairs(document: PDFKit.PDFDocument, rows: readonly (readonly [string, string])[]): void {
  const width = document.page.width - 2 * MARGIN - LABEL_WIDTH;
  for (const [label, value] of rows) {
    const text = plain(value);
    document.font('Helvetica').fontSize(9);
    const height = document.heightOfString(text, { width });
    if (document.y + Math.min(height, 100) > document.page.height - MARGIN) document.addPage();
    const top = document.y;
    document.font('Helvetica-Bold').text(plain(label), MARGIN, top, { width: LABEL_WIDTH - 10 });
    const labelEnd = document.y;
    const { page } = document;
    document.font('Helvetica').text(text, MARGIN + LABEL_WIDTH, top, { width });
    if (page === document.page) document.y = Math.max(document.y, labelEnd);
    document.moveDown(0.2);
  }
  document.x = MARGIN;
}

function table(document: PDFKit.PDFDocument, { title, intro, rows }: PackSection): void {
  heading(document, title);
  if (intro !== undefined) {
    document.font('Helvetica-Oblique').fontSize(8).text(plain(intro));
    document.moveDown(0.3);
  }
  if (rows.length === 0) return;
  document.font('Helvetica').fontSize(7);
  document.table({ data: rows.map((row) => row.map(plain)) });
  document.x = MARGIN;
}

function numberPages(document: PDFKit.PDFDocument, title: string): void {
  const { start, count } = document.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    document.switchToPage(page);
    const { bottom } = document.page.margins;
    // Text below the margin would begin another page.
    document.page.margins.bottom = 0;
    document
      .font('Helvetica')
      .fontSize(7)
      .text(`${title} - page ${page + 1} of ${count}`, MARGIN, document.page.height - 30, {
        lineBreak: false,
      });
    document.page.margins.bottom = bottom;
  }
}
