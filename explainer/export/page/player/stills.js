// The last picture of each line, cut out of sheets that hold `most` pictures each.

export function stills(sheet) {
  const addresses = [];
  const address = (number) => {
    addresses[number] ??= URL.createObjectURL(
      new Blob([Uint8Array.from(atob(sheet.images[number]), (char) => char.charCodeAt(0))], {
        type: "image/webp",
      }),
    );
    return addresses[number];
  };
  // a picture is fetched from its sheet when it is about to be seen: a long film has many sheets
  const waiting = new WeakMap();
  const watch = new IntersectionObserver(
    (seen) => {
      for (const { target } of seen.filter(({ isIntersecting }) => isIntersecting)) {
        watch.unobserve(target);
        pictures.show(target, ...waiting.get(target));
      }
    },
    { rootMargin: "400px" },
  );
  const pictures = {
    // What `show` does, once the element comes near to what is seen of the page.
    later(element, ...which) {
      waiting.set(element, which);
      watch.observe(element);
    },
    show(element, index, count) {
      const number = Math.floor(index / sheet.most);
      const there = Math.min(sheet.most, count - number * sheet.most);
      const at = index % sheet.most;
      const columns = Math.min(sheet.columns, there);
      const rows = Math.ceil(there / sheet.columns);
      const x = at % sheet.columns;
      const y = Math.floor(at / sheet.columns);
      Object.assign(element.style, {
        backgroundImage: `url(${address(number)})`,
        backgroundSize: `${columns * 100}% ${rows * 100}%`,
        backgroundPosition: `${part(x, columns)}% ${part(y, rows)}%`,
      });
    },
  };
  return pictures;
}

const part = (at, of) => (of > 1 ? (at / (of - 1)) * 100 : 0);
