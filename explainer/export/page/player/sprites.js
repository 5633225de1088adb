// The last picture of each line, cut out of sprite sheets that hold `per_sheet` pictures each.

export function sprites(record) {
  const addresses = [];
  const address = (number) => {
    addresses[number] ??= URL.createObjectURL(
      new Blob([Uint8Array.from(atob(record.images[number]), (char) => char.charCodeAt(0))], {
        type: "image/webp",
      }),
    );
    return addresses[number];
  };
  // a sheet is decoded only when one of its pictures is about to be seen: a long film has many
  const waiting = new WeakMap();
  const watch = new IntersectionObserver(
    (seen) => {
      for (const { target } of seen.filter(({ isIntersecting }) => isIntersecting)) {
        watch.unobserve(target);
        cut.show(target, ...waiting.get(target));
      }
    },
    { rootMargin: "400px" },
  );
  const cut = {
    // Does what `show` does once the element is near the visible part of the page.
    show_when_near(element, ...which) {
      waiting.set(element, which);
      watch.observe(element);
    },
    show(element, index) {
      const number = Math.floor(index / record.per_sheet);
      const there = Math.min(record.per_sheet, record.count - number * record.per_sheet);
      const at = index % record.per_sheet;
      const columns = Math.min(record.columns, there);
      const rows = Math.ceil(there / record.columns);
      const x = at % record.columns;
      const y = Math.floor(at / record.columns);
      Object.assign(element.style, {
        backgroundImage: `url(${address(number)})`,
        backgroundSize: `${columns * 100}% ${rows * 100}%`,
        backgroundPosition: `${percent(x, columns)}% ${percent(y, rows)}%`,
      });
    },
  };
  return cut;
}

const percent = (at, of) => (of > 1 ? (at / (of - 1)) * 100 : 0);
