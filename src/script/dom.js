// The read-only DOM of <data> (VoiceXML 2.1 appendix D). Nodes are made when a script first looks at them; what they say
// comes from the tree outside, by the node's place in it.
(function () {
  'use strict';
  var KEY = {};
  var hidden = { configurable: true, enumerable: false, writable: true };
  function global(name, value) {
    Object.defineProperty(globalThis, name, Object.assign({ value: value }, hidden));
  }
  function constants(target, names, first) {
    names.forEach(function (name, at) {
      if (name) Object.defineProperty(target, name, { value: at + first, enumerable: true });
    });
  }

  var CODES = ['INDEX_SIZE_ERR', 'DOMSTRING_SIZE_ERR', 'HIERARCHY_REQUEST_ERR', 'WRONG_DOCUMENT_ERR',
    'INVALID_CHARACTER_ERR', 'NO_DATA_ALLOWED_ERR', 'NO_MODIFICATION_ALLOWED_ERR', 'NOT_FOUND_ERR',
    'NOT_SUPPORTED_ERR', 'INUSE_ATTRIBUTE_ERR', 'INVALID_STATE_ERR', 'SYNTAX_ERR', 'INVALID_MODIFICATION_ERR',
    'NAMESPACE_ERR', 'INVALID_ACCESS_ERR'];
  class DOMException extends Error {
    constructor(message, code) {
      super(message);
      this.code = code;
    }
    get name() { return 'DOMException'; }
  }
  constants(DOMException, CODES, 1);
  constants(DOMException.prototype, CODES, 1);
  function raise(code, why) { throw new DOMException(CODES[code - 1] + ': ' + why, code); }
  function refuse() { raise(7, 'the data of <data> can only be read'); }

  function define(type, members) {
    Object.entries(members).forEach(function (member) {
      var get = member[1];
      Object.defineProperty(type.prototype, member[0], { get: get, set: refuse, configurable: true, enumerable: true });
    });
  }
  function lock(type, names) {
    names.split(' ').forEach(function (name) {
      Object.defineProperty(type.prototype, name, Object.assign({ value: refuse }, hidden));
    });
  }

  var treeOf, placeOf;
  class Node {
    #tree; #place;
    constructor(key, tree, place) {
      if (key !== KEY) throw new TypeError('nodes come from <data> only');
      this.#tree = tree;
      this.#place = place;
    }
    static {
      treeOf = function (node) { return node.#tree; };
      placeOf = function (node) { return node.#place; };
    }
    hasChildNodes() { return this.firstChild !== null; }
    hasAttributes() { return this.nodeType === 1 && this.attributes.length > 0; }
    isSupported() { return false; }
    // Where a text is wanted, a node is the text in it.
    toString() { return treeOf(this).text(placeOf(this)); }
    toJSON() { return this.toString(); }
  }
  class CharacterData extends Node {
    substringData(offset, count) {
      var data = this.data;
      if (!(offset >= 0 && offset <= data.length && count >= 0)) raise(1, 'there is no such part of the text');
      return data.substr(offset, count);
    }
  }
  class Text extends CharacterData {}
  class CDATASection extends Text {}
  class Comment extends CharacterData {}
  class ProcessingInstruction extends Node {}
  class Attr extends Node {}
  class Element extends Node {
    getAttributeNode(name) { return node(treeOf(this), treeOf(this).attribute(placeOf(this), String(name))); }
    getAttributeNodeNS(namespace, local) {
      return node(treeOf(this), treeOf(this).attributeNs(placeOf(this), uri(namespace), String(local)));
    }
    getAttribute(name) { var found = this.getAttributeNode(name); return found ? found.value : ''; }
    getAttributeNS(namespace, local) {
      var found = this.getAttributeNodeNS(namespace, local);
      return found ? found.value : '';
    }
    hasAttribute(name) { return this.getAttributeNode(name) !== null; }
    hasAttributeNS(namespace, local) { return this.getAttributeNodeNS(namespace, local) !== null; }
  }
  class Document extends Node {
    getElementById(id) { return node(treeOf(this), treeOf(this).byId(String(id))); }
  }
  // Live or not is one, as nothing changes: a list is made once.
  function search(name, ask) {
    var method = { [name](first, second) {
      var tree = treeOf(this), place = placeOf(this);
      var key = name + ' ' + place + ' ' + first + ' ' + second;
      return remembered(tree, key, function () { return ask(tree, place, first, second); });
    } };
    [Element, Document].forEach(function (type) {
      Object.defineProperty(type.prototype, name, Object.assign({ value: method[name] }, hidden));
    });
  }
  search('getElementsByTagName', function (tree, place, name) { return tree.named(place, String(name)); });
  search('getElementsByTagNameNS', function (tree, place, namespace, local) {
    return tree.namedNs(place, uri(namespace), String(local));
  });
  function uri(namespace) { return namespace === undefined || namespace === null ? '' : String(namespace); }

  // A proxy has no private parts: the list behind it is had by this name.
  var LIST = Symbol('list');
  class NodeList {
    #tree; #places;
    constructor(key, tree, places) {
      if (key !== KEY) throw new TypeError('lists come from <data> only');
      this.#tree = tree;
      this.#places = places;
      return new Proxy(this, indexed);
    }
    static {
      entry = function (list, at) { return node(list.#tree, list.#places[at]); };
      size = function (list) { return list.#places.length; };
    }
    item(at) { return entry(this[LIST], Number(at)); }
  }
  class NamedNodeMap extends NodeList {}
  var entry, size;
  function index(name) { return typeof name === 'string' && /^(0|[1-9]\d*)$/.test(name) ? Number(name) : -1; }
  var indexed = {
    get: function (list, name) {
      if (name === LIST) return list;
      if (name === 'item') return list.item;
      if (name === 'length') return size(list);
      var at = index(name);
      return at < 0 ? list[name] : at < size(list) ? entry(list, at) : undefined;
    },
    set: refuse,
    has: function (list, name) { var at = index(name); return at < 0 ? name in list : at < size(list); }
  };
  function method(type, name, value) {
    Object.defineProperty(type.prototype, name, Object.assign({ value: value }, hidden));
  }
  method(NodeList, 'toJSON', function () { return Array.from(this); });
  method(NodeList, Symbol.iterator, function* () { for (var at = 0; at < this.length; at++) yield this.item(at); });
  method(NamedNodeMap, 'getNamedItem', function (name) {
    for (var attribute of this) if (attribute.name === String(name)) return attribute;
    return null;
  });
  method(NamedNodeMap, 'getNamedItemNS', function (namespace, local) {
    for (var attribute of this) {
      if (uri(attribute.namespaceURI) === uri(namespace) && attribute.localName === String(local)) return attribute;
    }
    return null;
  });

  var TYPES = { 1: Element, 2: Attr, 3: Text, 4: CDATASection, 7: ProcessingInstruction, 8: Comment, 9: Document };
  function node(tree, place) {
    if (place === undefined || place === null || place < 0) return null;
    var known = tree.made.get(place);
    if (!known) tree.made.set(place, known = new TYPES[tree.kind(place)](KEY, tree, place));
    return known;
  }
  function remembered(tree, key, places, type) {
    var known = tree.lists.get(key);
    if (!known) tree.lists.set(key, known = new (type || NodeList)(KEY, tree, places()));
    return known;
  }
  function link(which) { return function () { return node(treeOf(this), treeOf(this).link(placeOf(this), which)); }; }
  function named(part) { return function () { return treeOf(this).name(placeOf(this), part); }; }
  function value() { return treeOf(this).value(placeOf(this)); }
  function nothing() { return null; }
  function always(what) { return function () { return what; }; }

  define(Node, {
    nodeType: function () { return treeOf(this).kind(placeOf(this)); },
    nodeName: named(0), nodeValue: nothing,
    parentNode: link(0), previousSibling: link(1), nextSibling: link(2), firstChild: link(3), lastChild: link(4),
    childNodes: function () {
      var tree = treeOf(this), place = placeOf(this);
      return remembered(tree, 'children ' + place, function () { return tree.children(place); });
    },
    attributes: nothing, namespaceURI: nothing, prefix: nothing, localName: nothing,
    ownerDocument: function () { return node(treeOf(this), 0); },
    textContent: function () { return treeOf(this).text(placeOf(this)); }
  });
  define(Document, {
    doctype: nothing, ownerDocument: nothing, textContent: nothing,
    implementation: always(Object.freeze({ hasFeature: function () { return false; } })),
    documentElement: function () { return node(treeOf(this), treeOf(this).root()); }
  });
  define(Element, {
    tagName: named(0), namespaceURI: named(3), prefix: named(1), localName: named(2),
    attributes: function () {
      var tree = treeOf(this), place = placeOf(this);
      return remembered(tree, 'attributes ' + place, function () { return tree.attributes(place); }, NamedNodeMap);
    }
  });
  define(Attr, {
    name: named(0), namespaceURI: named(3), prefix: named(1), localName: named(2), nodeValue: value, value: value,
    specified: always(true), parentNode: nothing, previousSibling: nothing, nextSibling: nothing, ownerElement: link(0)
  });
  define(CharacterData, {
    data: value, nodeValue: value, length: function () { return this.data.length; }
  });
  define(ProcessingInstruction, { target: named(0), data: value, nodeValue: value });

  lock(Node, 'insertBefore replaceChild removeChild appendChild cloneNode normalize');
  lock(CharacterData, 'appendData insertData deleteData replaceData');
  lock(Text, 'splitText');
  lock(Element, 'setAttribute removeAttribute setAttributeNode removeAttributeNode setAttributeNS removeAttributeNS ' +
    'setAttributeNodeNS');
  lock(NamedNodeMap, 'setNamedItem removeNamedItem setNamedItemNS removeNamedItemNS');
  lock(Document, 'createElement createDocumentFragment createTextNode createComment createCDATASection ' +
    'createProcessingInstruction createAttribute createEntityReference createElementNS createAttributeNS importNode');

  var KINDS = ['ELEMENT_NODE', 'ATTRIBUTE_NODE', 'TEXT_NODE', 'CDATA_SECTION_NODE', 'ENTITY_REFERENCE_NODE',
    'ENTITY_NODE', 'PROCESSING_INSTRUCTION_NODE', 'COMMENT_NODE', 'DOCUMENT_NODE', 'DOCUMENT_TYPE_NODE',
    'DOCUMENT_FRAGMENT_NODE', 'NOTATION_NODE'];
  constants(Node, KINDS, 1);
  constants(Node.prototype, KINDS, 1);
  global('DOMException', DOMException);
  global('NodeList', NodeList);
  global('NamedNodeMap', NamedNodeMap);
  global('CharacterData', CharacterData);
  global('Node', Node);
  Object.values(TYPES).forEach(function (type) { global(type.name, type); });

  return function (tree) {
    tree.made = new Map();
    tree.lists = new Map();
    return node(tree, 0);
  };
})()
