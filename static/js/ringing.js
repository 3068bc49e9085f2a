// Which call rings: the server says when to look again, and htmx looks (desk/_ringing.html).
//   <div id="ringing" hx-get=… hx-trigger="load, rings" data-rings="/console/desk/ringing/stream">
// While the stream is heard, once a second, nothing else asks. Where it is not (all are taken, a proxy
// holds it back, the tab is in the background) the page looks every 5 s.
(() => {
  "use strict";
  const EVERY = 5000;
  document.addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-rings]");
    if (!place) return;
    let source = null;
    let heard = -EVERY;
    const look = () => place.dispatchEvent(new Event("rings"));
    const hear = () => { heard = performance.now(); };
    window.setInterval(() => { if (performance.now() - heard >= EVERY) look(); }, EVERY);
    if (!window.EventSource) return;
    const open = () => {
      if (source || document.hidden) return;
      source = new EventSource(place.dataset.rings);
      source.addEventListener("open", look); // what ended before it was opened it does not tell
      source.addEventListener("alive", hear);
      source.addEventListener("rings", () => { hear(); look(); });
      source.addEventListener("full", () => { source.close(); });
    };
    const close = () => { if (source) source.close(); source = null; heard = -EVERY; };
    document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
    window.addEventListener("pagehide", close);
    open();
  });
})();
