// The tester: what is typed goes into the code below, and by "Send" straight to this server. The key goes nowhere else.
"use strict";

const quoting = {
  plain: (text) => text,
  json: (text) => JSON.stringify(text),
  php: (text) => "'" + text.replace(/[\\']/g, "\\$&") + "'",
  shell: (text) => "'" + text.replaceAll("'", "'\"'\"'") + "'",
  shell_json: (text) => JSON.stringify(text).replaceAll("'", "'\\''"),
};

const tester = document.getElementById("tester");

function fill() {
  for (const place of document.querySelectorAll("[data-fill]"))
    place.textContent = quoting[place.dataset.quote](place.dataset.prefix + tester.elements[place.dataset.fill].value);
  for (const part of document.querySelectorAll("[data-api]")) part.hidden = part.dataset.api !== tester.elements.api.value;
}
tester.addEventListener("input", fill);
fill();

function asked() {
  const { key, number, message, api } = Object.fromEntries(new FormData(tester));
  if (api === "sms8")
    return ["/services/send.php", { method: "POST", body: new URLSearchParams({ key, number, message }) }];
  const headers = { "Content-Type": "application/json", Authorization: "Bearer " + key };
  return ["/v1/sms/send", { method: "POST", headers, body: JSON.stringify({ to: number, body: message }) }];
}

tester.addEventListener("submit", async (event) => {
  event.preventDefault();
  const shown = document.getElementById("answer");
  try {
    const answer = await fetch(...asked());
    shown.textContent = answer.status + "\n" + JSON.stringify(await answer.json(), null, 2);
  } catch (error) {
    shown.textContent = String(error);
  }
});

for (const list of document.querySelectorAll("[role=tablist]")) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const show = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
  };
  list.hidden = false;
  show(tabs[0]);
  list.addEventListener("click", (event) => event.target.role === "tab" && show(event.target));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    show(next);
    next.focus();
  });
}
