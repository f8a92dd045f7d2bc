"""Texts that the tables of an open screen cut. They are drawn on a canvas: widths are the grid's, and texts are measured in its font."""

from playwright.sync_api import Page

from tests.browser.visit import DESKTOP, settle

NARROW_DESKTOP = 1280

MEASURE = """rows => {
  const grid = canvas => {  // the component behind the canvas that knows columns and cells
    let node = canvas[Object.keys(canvas).find(key => key.startsWith('__reactFiber'))];
    while (node && !(node.memoizedProps?.getCellContent && node.memoizedProps.theme && node.memoizedProps.columns)) node = node.return;
    return node.memoizedProps;
  };
  const pen = document.createElement('canvas').getContext('2d');
  const width = (text, font) => { pen.font = font; return pen.measureText(text).width; };
  const lines = (text, font, room) => {  // broken at blanks, as the grid does; a word that alone is too wide counts as cut
    let count = 1, line = '';
    for (const word of text.split(/\\s+/)) {
      if (width(word, font) > room) return Infinity;
      const longer = line ? line + ' ' + word : word;
      if (width(longer, font) > room) { count += 1; line = word; } else line = longer;
    }
    return count;
  };
  const cut = [];
  for (const canvas of document.querySelectorAll('[data-testid=data-grid-canvas]')) {
    const {columns, getCellContent, theme, rowHeight, rows: all} = grid(canvas);
    const font = `${theme.baseFontStyle} ${theme.fontFamily}`, head = `${theme.headerFontStyle} ${theme.fontFamily}`;
    const gap = 2 * theme.cellHorizontalPadding;
    columns.forEach((column, at) => {
      if (width(column.title, head) + gap > column.width + 1) cut.push(`column ${column.title}`);
      for (let row = 0; row < Math.min(all, rows); row += 1) {
        const cell = getCellContent([at, row]), chips = cell.data?.kind === 'multi-select-cell';
        const text = chips ? (cell.data.values ?? []).join(' ') : cell.kind === 'text' || cell.kind === 'number' ? cell.displayData : '';
        if (!text) continue;
        const room = column.width - gap - (chips ? 2 * theme.bubblePadding : 0) + 1;
        const height = typeof rowHeight === 'number' ? rowHeight : rowHeight(row);
        const fits = cell.allowWrapping
          ? lines(text, font, room) * theme.lineHeight * parseFloat(theme.baseFontStyle.match(/([\\d.]+)px/)[1]) <= height
          : width(text, font) <= room;
        if (!fits) cut.push(`${column.title}: ${text}`);
      }
    });
  }
  return cut;
}"""


def cut_texts(page: Page, rows: int = 200) -> list[str]:
    """Texts in the first rows of the open tables that do not fit their cells at either width of a desktop: '1280 px, Column: text'.

    A head that does not fit is '1280 px, column Title'. The page is left at the wider of the two.
    """
    cut: list[str] = []
    for width in (NARROW_DESKTOP, DESKTOP):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        cut += [f"{width} px, {text}" for text in page.evaluate(MEASURE, rows)]
    return cut
