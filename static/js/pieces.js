// Large files are sent a piece at a time and go on where the line broke; without this script they
// are sent with the form, up to the limit that stands beside the field.
//   <input type=file data-pieces=/report/pieces data-max-size data-max-large data-text-over>
//   <ul data-pieces-list data-text-going …>   a line for each file, with a button to cancel
//   <p data-pieces-told role=status>          read out: what began, broke, ended
// A file is known again after a reload, in this tab only, by a hash of its name, size and date.
(() => {
  "use strict";
  const LEAST = 128 * 1024;
  const FIRST = 512 * 1024;
  const LONGEST_WAIT = 30;
  const PREFIX = "pieces:";
  const digestOf = async (bytes) => (window.crypto && window.crypto.subtle
    ? new Uint8Array(await window.crypto.subtle.digest("SHA-256", bytes)) : null);
  const base64 = (bytes) => window.btoa(String.fromCharCode(...bytes));
  const wait = (seconds, signal) => new Promise((resolve) => {
    const timer = window.setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => { window.clearTimeout(timer); resolve(); });
    window.addEventListener("online", resolve, { once: true });
  });
  const sizeText = (size) => (size >= 1048576 ? `${(size / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(size / 1024))} KB`);

  // What is remembered stays in this tab; whoever left safely leaves nothing of it either.
  const memory = {
    get: (key) => { try { return sessionStorage.getItem(key); } catch (error) { return null; } },
    set: (key, value) => { try { sessionStorage.setItem(key, value); } catch (error) { /* none */ } },
    drop: (key) => { try { sessionStorage.removeItem(key); } catch (error) { /* none */ } },
    keys: () => { try { return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)); } catch (error) { return []; } },
  };
  async function nameOf(file) {
    const said = new TextEncoder().encode(`${file.name}|${file.size}|${file.lastModified}`);
    const digest = await digestOf(said);
    return digest && PREFIX + base64(digest);
  }

  class Refused extends Error {}

  class Sending {
    constructor(field, file) {
      this.field = field;
      this.file = file;
      this.address = field.input.dataset.pieces;
      this.stop = new AbortController();
      this.piece = FIRST;
      this.most = FIRST;
      this.place = 0;
      this.line = document.createElement("li");
      this.told = document.createElement("span");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-quiet";
      button.textContent = field.list.dataset.textCancel;
      button.setAttribute("aria-label", `${button.textContent} ${file.name}`);
      button.addEventListener("click", () => this.cancel());
      this.button = button;
      this.line.append(this.told, " ", button);
      field.list.append(this.line);
    }

    say(what, values = {}, aloud = false) {
      const percent = Math.floor((100 * this.place) / this.file.size);
      const all = { name: this.file.name, percent, size: sizeText(this.file.size), n: "", why: "", ...values };
      const words = this.field.list.dataset[what].replace(/\{(\w+)\}/g, (_, name) => all[name]);
      this.told.textContent = words;
      if (aloud) this.field.told.textContent = words;
    }

    form(values) {
      const { form } = this.field.input;
      const body = new URLSearchParams(values);
      body.set("csrf_token", form.elements.csrf_token.value);
      body.set("nonce", form.elements.nonce.value);
      return body;
    }

    known() {
      const proof = { "X-CSRFToken": this.field.input.form.elements.csrf_token.value };
      return this.token ? { ...proof, "Upload-Token": this.token } : proof;
    }

    async ask(method, more = {}, where = "") {
      const headers = { ...this.known(), ...more.headers };
      const answer = await fetch(this.address + where, { ...more, method, headers, signal: this.stop.signal });
      if (answer.status >= 500 || answer.status === 460) throw new Error(String(answer.status));
      return answer;
    }

    async refusal(answer) {
      const said = await answer.json().catch(() => ({}));
      memory.drop(this.key);
      return new Refused(said.told || "");
    }

    async begin() {
      this.key = (await nameOf(this.file)) || "";
      this.token = this.key && memory.get(this.key);
      if (this.token) {
        const known = await this.ask("GET");
        if (known.ok) return Number(known.headers.get("Upload-Offset"));
        this.token = null;
      }
      const body = this.form({ name: this.file.name, size: this.file.size });
      const answer = await this.ask("POST", { body });
      if (!answer.ok) throw await this.refusal(answer);
      const begun = await answer.json();
      this.token = begun.token;
      this.most = begun.piece;
      if (this.key) memory.set(this.key, this.token);
      return 0;
    }

    async one() {
      const bytes = await this.file.slice(this.place, this.place + this.piece).arrayBuffer();
      const digest = await digestOf(bytes);
      const headers = { "Upload-Offset": String(this.place), "Content-Type": "application/offset+octet-stream" };
      if (digest) headers["Upload-Checksum"] = `sha256 ${base64(digest)}`;
      const began = performance.now();
      const answer = await this.ask("PATCH", { body: bytes, headers });
      if (!answer.ok && answer.status !== 409) throw await this.refusal(answer);
      this.place = Number(answer.headers.get("Upload-Offset"));
      if (answer.ok && performance.now() - began < 2000) this.piece = Math.min(this.most, this.piece * 2);
    }

    async join() {
      this.say("textJoining", {}, true);
      const answer = await this.ask("POST", { body: this.form({}) }, "/whole");
      if (answer.status === 409) { this.place = Number(answer.headers.get("Upload-Offset")); return false; }
      if (!answer.ok) throw await this.refusal(answer);
      const kept = await answer.json();
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", className: "form-check-input", name: "kept", value: kept.kept, checked: true });
      const label = document.createElement("label");
      label.className = "choice";
      const words = document.createElement("span");
      words.className = "choice-label";
      words.textContent = `${kept.name} ${kept.size}`;
      label.append(box, words);
      this.button.remove();
      this.line.replaceChildren(label);
      memory.drop(this.key);
      this.field.told.textContent = this.field.list.dataset.textDone.replace("{name}", this.file.name);
      return true;
    }

    // Every step may fail on a poor line; then it waits, asks how far the file is, and goes on.
    async go() {
      let pause = 1;
      let known = false;
      while (!this.stop.signal.aborted) {
        try {
          if (!known) { this.place = await this.begin(); known = true; this.say("textGoing", {}, true); }
          while (this.place < this.file.size) { await this.one(); this.say("textGoing"); pause = 1; }
          if (await this.join()) return;
        } catch (error) {
          if (this.stop.signal.aborted) return;
          if (error instanceof Refused || error.name === "NotReadableError") {
            this.say("textFailed", { why: error instanceof Refused ? error.message : "" }, true);
            this.button.remove();
            return;
          }
          known = false;
          this.piece = Math.max(LEAST, Math.floor(this.piece / 2));
          this.say("textWaiting", { n: pause }, pause === 1);
          await wait(pause, this.stop.signal);
          pause = Math.min(LONGEST_WAIT, pause * 2);
        }
      }
    }

    cancel() {
      this.stop.abort();
      memory.drop(this.key);
      this.say("textCancelled", {}, true);
      this.button.remove();
      this.field.input.focus();
      if (this.token) fetch(this.address, { method: "DELETE", headers: this.known() }).catch(() => {});
    }
  }

  function watch(input) {
    const place = input.parentElement;
    const field = { input, list: place.querySelector("[data-pieces-list]"), told: place.querySelector("[data-pieces-told]") };
    if (!field.list || !window.fetch || !window.DataTransfer) return;
    let going = 0;
    const left = document.cookie.split("; ").includes("left=1");
    if (left) memory.keys().forEach(memory.drop);
    if (memory.keys().length) field.told.textContent = field.list.dataset.textAgain;

    input.addEventListener("change", () => {
      const files = Array.from(input.files);
      const large = files.filter((file) => file.size > Number(input.dataset.maxSize));
      const over = large.filter((file) => file.size > Number(input.dataset.maxLarge));
      if (!large.length) return;
      const rest = new DataTransfer();
      files.filter((file) => !large.includes(file)).forEach((file) => rest.items.add(file));
      input.files = rest.files;
      field.list.hidden = false;
      field.told.textContent = over.length
        ? input.dataset.textOver.replace("{names}", over.map((file) => file.name).join(", ")) : "";
      large.filter((file) => !over.includes(file)).forEach((file) => {
        going += 1;
        new Sending(field, file).go().finally(() => { going -= 1; });
      });
    });
    input.form.addEventListener("submit", (event) => {
      if (!going) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      field.told.textContent = field.list.dataset.textBusy;
      const button = field.list.querySelector("button");
      if (button) button.focus();
    });
    window.addEventListener("beforeunload", (event) => { if (going) event.preventDefault(); });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("input[type=file][data-pieces]").forEach(watch);
  });
})();
