// Small comforts. Every page works without them.
"use strict";

for (const form of document.querySelectorAll("form[data-submit-at-once]")) form.submit();
document.querySelector(".top [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
for (const link of document.querySelectorAll("a[data-open-at-once]"))
  addEventListener("load", () => setTimeout(() => (location.href = link.href)));

// What is being used is not exchanged under the user's hands, and a hidden page asks for nothing.
document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  const isRefresh = (part.getAttribute("hx-trigger") || "").startsWith("every");
  if (isRefresh && (document.hidden || part.contains(document.activeElement))) event.preventDefault();
});

function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    time.title = time.textContent;
    time.textContent = moment.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  }
}
localTimes(document);
document.addEventListener("htmx:afterSwap", (event) => localTimes(document.getElementById(event.detail.target.id) || document));

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent));
}
