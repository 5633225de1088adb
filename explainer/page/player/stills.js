// The last picture of each line, cut out of one sheet.

export function stills(sheet) {
  const bytes = Uint8Array.from(atob(sheet.image), (char) => char.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: "image/webp" }));
  return {
    show(element, index, count) {
      const columns = Math.min(sheet.columns, count);
      const rows = Math.ceil(count / sheet.columns);
      const x = index % sheet.columns;
      const y = Math.floor(index / sheet.columns);
      Object.assign(element.style, {
        backgroundImage: `url(${address})`,
        backgroundSize: `${columns * 100}% ${rows * 100}%`,
        backgroundPosition: `${part(x, columns)}% ${part(y, rows)}%`,
        aspectRatio: `${sheet.width} / ${sheet.height}`,
      });
    },
  };
}

const part = (at, of) => (of > 1 ? (at / (of - 1)) * 100 : 0);
