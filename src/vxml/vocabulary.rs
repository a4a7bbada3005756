//! The elements of VoiceXML 2.0 and 2.1, the SSML inside prompts, and what is left of VoiceXML 1.0.

/// What kinds of elements there are, as bits: an element belongs to one and contains several.
pub(super) mod class {
    pub(in crate::vxml) const VXML: u32 = 1;
    pub(in crate::vxml) const META: u32 = 1 << 1;
    pub(in crate::vxml) const PROPERTY: u32 = 1 << 2;
    pub(in crate::vxml) const VAR: u32 = 1 << 3;
    pub(in crate::vxml) const SCRIPT: u32 = 1 << 4;
    pub(in crate::vxml) const DATA: u32 = 1 << 5;
    pub(in crate::vxml) const HANDLER: u32 = 1 << 6;
    pub(in crate::vxml) const LINK: u32 = 1 << 7;
    pub(in crate::vxml) const DIALOG: u32 = 1 << 8;
    pub(in crate::vxml) const ITEM: u32 = 1 << 9;
    pub(in crate::vxml) const FILLED: u32 = 1 << 10;
    pub(in crate::vxml) const GRAMMAR: u32 = 1 << 11;
    pub(in crate::vxml) const CHOICE: u32 = 1 << 12;
    pub(in crate::vxml) const OPTION: u32 = 1 << 13;
    pub(in crate::vxml) const PARAM: u32 = 1 << 14;
    pub(in crate::vxml) const PROMPT: u32 = 1 << 15;
    /// What can stand in a prompt, and directly in executable content.
    pub(in crate::vxml) const SPEECH: u32 = 1 << 16;
    pub(in crate::vxml) const FOREACH: u32 = 1 << 17;
    /// Executable content that is nothing else.
    pub(in crate::vxml) const EXECUTABLE: u32 = 1 << 18;
    /// `<elseif>` and `<else>`.
    pub(in crate::vxml) const BRANCH: u32 = 1 << 19;
    /// `<desc>` of an `<audio>`.
    pub(in crate::vxml) const DESC: u32 = 1 << 20;

    /// Everything that is run.
    pub(in crate::vxml) const ACTIONS: u32 = EXECUTABLE | VAR | SCRIPT | DATA | PROMPT | SPEECH | FOREACH;
    /// What a prompt contains.
    pub(in crate::vxml) const SPOKEN: u32 = SPEECH | FOREACH;
    /// What a document or form runs when it is entered.
    pub(in crate::vxml) const INIT: u32 = VAR | SCRIPT | DATA;
    /// What any form item contains.
    pub(in crate::vxml) const IN_ITEM: u32 = PROMPT | SPEECH | PROPERTY | HANDLER | LINK | GRAMMAR;
    /// Misplaced elements of these kinds do no harm: platforms skip them, and legacy documents have them.
    pub(in crate::vxml) const HARMLESS: u32 = ACTIONS | PROPERTY | META | DESC | PARAM | LINK | GRAMMAR;
}

use class::{
    ACTIONS, BRANCH, CHOICE, DATA, DESC, DIALOG, EXECUTABLE, FILLED, FOREACH, GRAMMAR, HANDLER, IN_ITEM, INIT, ITEM,
    LINK, META, OPTION, PARAM, PROMPT, PROPERTY, SCRIPT, SPEECH, SPOKEN, VAR, VXML,
};

/// What is known about an element. Lists of names are written with blanks between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Its local name.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) class: u32,
    /// What it may contain.
    pub(super) content: u32,
    /// Attributes it may have besides `xml:lang` and `xml:base`.
    pub(super) attributes: &'static str,
    /// Whether it has the fetch attributes as well.
    pub(super) fetches: bool,
    /// Attributes it must have.
    pub(super) required: &'static str,
    /// Attributes of which it must have exactly one.
    pub(super) exactly_one: &'static str,
    /// Attributes SSML asks for, without which the element does nothing.
    pub(super) wanted: &'static str,
    /// Attributes of which it may have one, set by set.
    pub(super) at_most_one: &'static [&'static str],
    /// Whether text may stand directly in it.
    pub(super) text: bool,
    /// Whether somebody else looks at what is inside.
    pub(super) opaque: bool,
    /// What to write instead, for what is left of VoiceXML 1.0.
    pub(super) instead: &'static str,
}

/// The properties of VoiceXML 2.0 §6.3 and 2.1 §4, §5 and §8.
pub const PROPERTIES: &[&str] = &[
    "audiofetchhint",
    "audiomaxage",
    "audiomaxstale",
    "bargein",
    "bargeintype",
    "completetimeout",
    "confidencelevel",
    "datafetchhint",
    "datamaxage",
    "datamaxstale",
    "documentfetchhint",
    "documentmaxage",
    "documentmaxstale",
    "fetchaudio",
    "fetchaudiodelay",
    "fetchaudiominimum",
    "fetchtimeout",
    "grammarfetchhint",
    "grammarmaxage",
    "grammarmaxstale",
    "incompletetimeout",
    "inputmodes",
    "interdigittimeout",
    "maxnbest",
    "maxspeechtimeout",
    "objectfetchhint",
    "objectmaxage",
    "objectmaxstale",
    "recordutterance",
    "recordutterancetype",
    "scriptfetchhint",
    "scriptmaxage",
    "scriptmaxstale",
    "sensitivity",
    "speedvsaccuracy",
    "termchar",
    "termtimeout",
    "timeout",
    "universals",
];

/// The fetch attributes (VoiceXML 2.0 §6.1) and the `caching` of VoiceXML 1.0.
pub(super) const FETCH_ATTRIBUTES: &str = "fetchaudio fetchhint fetchtimeout maxage maxstale caching";

/// The rule for an element of this name.
pub(super) fn rule(name: &str) -> Option<&'static Rule> {
    RULES.binary_search_by(|rule| rule.name.cmp(name)).ok().and_then(|index| RULES.get(index))
}

/// Every element as `name`, every attribute as `name@attribute`, and the fetch attributes as `@attribute`.
pub(super) fn all() -> Vec<String> {
    let of_rule = |rule: &'static Rule| {
        let attributes = rule.attributes.split_ascii_whitespace();
        std::iter::once(rule.name.to_owned()).chain(attributes.map(|attribute| format!("{}@{attribute}", rule.name)))
    };
    let fetch = FETCH_ATTRIBUTES.split_ascii_whitespace().map(|attribute| format!("@{attribute}"));
    RULES.iter().flat_map(of_rule).chain(fetch).collect()
}

/// Whether a namespace is VoiceXML's, SSML's or SRGS's.
pub(super) fn is_our_namespace(namespace: &str) -> bool {
    matches!(
        namespace,
        "" | "http://www.w3.org/2001/vxml"
            | "http://www.w3.org/2001/voicexml"
            | "http://www.w3.org/2001/10/synthesis"
            | "http://www.w3.org/2001/06/grammar"
    )
}

impl Rule {
    const fn new(name: &'static str, class: u32, content: u32, attributes: &'static str) -> Self {
        Self {
            name,
            class,
            content,
            attributes,
            fetches: false,
            required: "",
            exactly_one: "",
            wanted: "",
            at_most_one: &[],
            text: content & SPEECH != 0,
            opaque: false,
            instead: "",
        }
    }

    const fn fetches(self) -> Self {
        Self { fetches: true, ..self }
    }

    const fn requires(self, required: &'static str) -> Self {
        Self { required, ..self }
    }

    const fn exactly_one(self, exactly_one: &'static str) -> Self {
        Self { exactly_one, ..self }
    }

    const fn wants(self, wanted: &'static str) -> Self {
        Self { wanted, ..self }
    }

    const fn at_most_one(self, at_most_one: &'static [&'static str]) -> Self {
        Self { at_most_one, ..self }
    }

    const fn opaque(self) -> Self {
        Self { text: true, opaque: true, ..self }
    }

    const fn instead(self, instead: &'static str) -> Self {
        Self { instead, ..self }
    }
}

const HANDLER_ATTRIBUTES: &str = "count cond";
const TARGET: &str = "next expr event eventexpr";
const MESSAGE: &[&str] = &["message messageexpr"];

/// In the order of names, by which they are found.
static RULES: &[Rule] = &[
    Rule::new("assign", EXECUTABLE, 0, "name expr").requires("name expr"),
    Rule::new("audio", SPEECH, SPOKEN | DESC, "src expr").fetches().exactly_one("src expr"),
    Rule::new("block", ITEM, ACTIONS, "name expr cond"),
    Rule::new("break", SPEECH, 0, "strength time size msecs"),
    Rule::new("catch", HANDLER, ACTIONS, "event count cond"),
    Rule::new("choice", CHOICE, SPOKEN | GRAMMAR, "dtmf accept next expr event eventexpr message messageexpr")
        .fetches()
        .exactly_one(TARGET)
        .at_most_one(MESSAGE),
    Rule::new("clear", EXECUTABLE, 0, "namelist"),
    Rule::new("data", DATA, 0, "name src srcexpr method enctype namelist").fetches().exactly_one("src srcexpr"),
    Rule::new("desc", DESC, 0, "").opaque(),
    Rule::new("disconnect", EXECUTABLE, 0, "namelist"),
    Rule::new("div", SPEECH, SPOKEN, "type").instead("<p> or <s>"),
    Rule::new("dtmf", GRAMMAR, 0, "src scope type").fetches().opaque().instead("<grammar mode=\"dtmf\">"),
    Rule::new("else", BRANCH, 0, ""),
    Rule::new("elseif", BRANCH, 0, "cond expr"),
    Rule::new("emp", SPEECH, SPOKEN, "level").instead("<emphasis>"),
    Rule::new("emphasis", SPEECH, SPOKEN, "level"),
    Rule::new("enumerate", SPEECH, SPOKEN, ""),
    Rule::new("error", HANDLER, ACTIONS, HANDLER_ATTRIBUTES),
    Rule::new("exit", EXECUTABLE, 0, "expr namelist").at_most_one(&["expr namelist"]),
    Rule::new("field", ITEM, IN_ITEM | FILLED | OPTION, "name expr cond type slot modal"),
    Rule::new("filled", FILLED, ACTIONS, "mode namelist"),
    Rule::new("foreach", FOREACH, ACTIONS, "item array").requires("item array"),
    Rule::new("form", DIALOG, PROPERTY | INIT | HANDLER | LINK | ITEM | FILLED | GRAMMAR, "id scope"),
    Rule::new("goto", EXECUTABLE, 0, "next expr nextitem expritem")
        .fetches()
        .exactly_one("next expr nextitem expritem"),
    Rule::new("grammar", GRAMMAR, 0, "version root mode type tag-format src srcexpr scope weight").fetches().opaque(),
    Rule::new("help", HANDLER, ACTIONS, HANDLER_ATTRIBUTES),
    Rule::new("if", EXECUTABLE, ACTIONS | BRANCH, "cond expr"),
    Rule::new("initial", ITEM, IN_ITEM, "name expr cond"),
    Rule::new("lexicon", SPEECH, 0, "uri type").wants("uri"),
    Rule::new("link", LINK, GRAMMAR, "next expr event eventexpr message messageexpr dtmf")
        .fetches()
        .exactly_one(TARGET)
        .at_most_one(MESSAGE),
    Rule::new("log", EXECUTABLE, SPEECH, "label expr"),
    Rule::new("mark", SPEECH, 0, "name nameexpr").exactly_one("name nameexpr"),
    Rule::new("menu", DIALOG, PROPERTY | HANDLER | LINK | CHOICE | PROMPT | SPEECH, "id scope dtmf accept"),
    Rule::new("meta", META, 0, "name http-equiv content scheme").requires("content").exactly_one("name http-equiv"),
    Rule::new("metadata", META, 0, "").opaque(),
    Rule::new("noinput", HANDLER, ACTIONS, HANDLER_ATTRIBUTES),
    Rule::new("nomatch", HANDLER, ACTIONS, HANDLER_ATTRIBUTES),
    Rule::new("object", ITEM, IN_ITEM | FILLED | PARAM, "name expr cond classid codebase codetype data type archive")
        .fetches()
        .wants("classid"),
    Rule::new("option", OPTION, SPEECH, "dtmf accept value"),
    Rule::new("p", SPEECH, SPOKEN, ""),
    Rule::new("paragraph", SPEECH, SPOKEN, "").instead("<p>"),
    Rule::new("param", PARAM, 0, "name expr value valuetype type").requires("name").exactly_one("expr value"),
    Rule::new("phoneme", SPEECH, SPOKEN, "ph alphabet").wants("ph"),
    Rule::new("prompt", PROMPT, SPOKEN | META, "bargein bargeintype cond count timeout version"),
    Rule::new("property", PROPERTY, 0, "name value").requires("name value"),
    Rule::new("pros", SPEECH, SPOKEN, "rate vol pitch range").instead("<prosody>"),
    Rule::new("prosody", SPEECH, SPOKEN, "pitch contour range rate duration volume"),
    Rule::new("record", ITEM, IN_ITEM | FILLED, "name expr cond modal beep maxtime finalsilence dtmfterm type"),
    Rule::new("reprompt", EXECUTABLE, 0, ""),
    Rule::new("return", EXECUTABLE, 0, "event eventexpr message messageexpr namelist")
        .at_most_one(&["event eventexpr namelist", "message messageexpr"]),
    Rule::new("s", SPEECH, SPOKEN, ""),
    Rule::new("say-as", SPEECH, SPOKEN, "interpret-as format detail type").wants("interpret-as"),
    Rule::new("sayas", SPEECH, SPOKEN, "class phon sub").instead("<say-as>"),
    Rule::new("script", SCRIPT, 0, "src srcexpr charset type").fetches().opaque(),
    Rule::new("sentence", SPEECH, SPOKEN, "").instead("<s>"),
    Rule::new("speak", SPEECH, SPOKEN | META, "version"),
    Rule::new("sub", SPEECH, SPOKEN, "alias").wants("alias"),
    Rule::new("subdialog", ITEM, IN_ITEM | FILLED | PARAM, "name expr cond modal namelist src srcexpr method enctype")
        .fetches()
        .exactly_one("src srcexpr"),
    Rule::new("submit", EXECUTABLE, 0, "next expr namelist method enctype").fetches().exactly_one("next expr"),
    Rule::new("throw", EXECUTABLE, 0, "event eventexpr message messageexpr")
        .exactly_one("event eventexpr")
        .at_most_one(MESSAGE),
    Rule::new(
        "transfer",
        ITEM,
        IN_ITEM | FILLED,
        "name expr cond modal dest destexpr bridge type connecttimeout maxtime transferaudio aai aaiexpr",
    )
    .exactly_one("dest destexpr")
    .at_most_one(&["bridge type", "aai aaiexpr"]),
    Rule::new("value", SPEECH, 0, "expr class mode recsrc").requires("expr"),
    Rule::new("var", VAR, 0, "name expr").requires("name"),
    Rule::new("voice", SPEECH, SPOKEN, "gender age variant name"),
    Rule::new("vxml", VXML, META | PROPERTY | INIT | HANDLER | LINK | DIALOG, "version application lang base"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_found_by_its_name() {
        for expected in RULES {
            assert_eq!(rule(expected.name).map(|found| found.name), Some(expected.name));
        }
        assert!(rule("speech").is_none());
    }

    #[test]
    fn every_attribute_a_rule_speaks_of_is_one_the_element_may_have() {
        for rule in RULES {
            let sets = rule.at_most_one.iter().copied().chain([rule.required, rule.exactly_one]);
            for name in sets.chain([rule.wanted]).flat_map(str::split_ascii_whitespace) {
                assert!(rule.attributes.split_ascii_whitespace().any(|known| known == name), "{}@{name}", rule.name);
            }
        }
    }
}
