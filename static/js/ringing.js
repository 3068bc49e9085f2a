// Which call rings: the server says when to look again, and htmx looks (desk/_ringing.html).
//   <div id="ringing" hx-get=… hx-trigger="load, every 5s, rings" data-rings="/console/desk/ringing/stream">
// Where no stream is to be had (all are taken, a proxy holds them back), the look every 5 s is what remains.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-rings]");
    if (!place || !window.EventSource) return;
    let source = null;
    const look = () => place.dispatchEvent(new Event("rings"));
    const open = () => {
      if (source || document.hidden) return;
      source = new EventSource(place.dataset.rings);
      source.addEventListener("rings", look);
      source.addEventListener("full", () => { source.close(); });
    };
    const close = () => { if (source) source.close(); source = null; };
    document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
    window.addEventListener("pagehide", close);
    open();
  });
})();
