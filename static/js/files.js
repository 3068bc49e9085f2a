// Files that the server would refuse are told before a long upload begins.
//   <input type=file data-max-files data-max-size data-max-whole data-text-large data-text-many>
//   <span data-files-told hidden>   beside it: what is wrong with the files chosen
(() => {
  "use strict";
  function watch(input) {
    const { form } = input;
    const told = input.parentElement.querySelector("[data-files-told]");
    const limit = (name) => Number(input.dataset[name]);
    const check = () => {
      const files = Array.from(input.files);
      const kept = form.querySelectorAll("[name=kept]:checked").length;
      const large = files.filter((file) => file.size > limit("maxSize")).map((file) => file.name);
      const whole = files.reduce((sum, file) => sum + file.size, 0);
      const many = files.length + kept > limit("maxFiles") || whole > limit("maxWhole") * 0.99;
      told.textContent = large.length ? input.dataset.textLarge.replace("{names}", large.join(", "))
        : (many ? input.dataset.textMany : "");
      told.hidden = !told.textContent;
      return told.hidden;
    };
    input.addEventListener("change", check);
    form.addEventListener("submit", (event) => {
      if (check()) return;
      event.preventDefault();
      input.focus();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("input[type=file][data-max-size]").forEach(watch);
  });
})();
