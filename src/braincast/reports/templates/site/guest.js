// plotly writes style elements and style attributes, which the policy forbids to pages and their markup alike.
// Here they become rules of the CSSOM instead, which a script that already runs may set.

const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

const appendChild = Node.prototype.appendChild;
Node.prototype.appendChild = function (child) {
  if (child instanceof HTMLStyleElement && child.textContent !== "") {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(child.textContent);
    document.adoptedStyleSheets.push(sheet);
    child.textContent = "";
  }
  return appendChild.call(this, child);
};
