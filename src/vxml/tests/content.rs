use super::*;
use crate::dialogue::{AudioSource, Method, Source};

fn value(pieces: &[Piece], index: usize) -> &str {
    match &pieces[index] {
        Piece::Value(expr) => &expr.source,
        other => panic!("not a value: {other:?}"),
    }
}

#[test]
fn words_and_values_stay_apart() {
    let pieces = spoken("\n You   have <value expr='n'/>\n<value expr='m'/> messages<!-- comment -->, <?pi?> caller. ");
    assert_eq!(pieces[0], text("You have "));
    assert_eq!((value(&pieces, 1), value(&pieces, 3)), ("n", "m"));
    assert_eq!(pieces[2], text(" "));
    assert_eq!(pieces[4], text(" messages, caller."));
}

#[test]
fn white_space_between_sounds_is_nothing() {
    let pieces = spoken("<audio src='a.wav'/>\n  <audio expr='b'>or <desc>not this</desc> so</audio>\n");
    assert_eq!(pieces.len(), 2);
    let Piece::Audio { src: AudioSource::Expr(expr), fallback, .. } = &pieces[1] else { panic!() };
    assert_eq!(&*expr.source, "b");
    assert_eq!(fallback, &[text("or so")]);
    assert!(block("\n  <!-- nothing -->\n").is_empty());
}

#[test]
fn bare_speech_around_actions_is_one_prompt_each() {
    let actions = block("Hello <value expr='a'/><break/> there <clear/> bye <prompt cond='c'>x</prompt>");
    let kinds: Vec<_> = actions
        .iter()
        .map(|action| match action {
            Action::Prompt(prompt) => prompt.content.len(),
            Action::Clear(_) => 100,
            _ => 0,
        })
        .collect();
    assert_eq!(kinds, [4, 100, 1, 1]);
}

#[test]
fn ssml_is_kept_with_its_attributes() {
    let pieces = spoken(
        "<prompt><say-as interpret-as='date' format='mdy'>1/2</say-as><s xml:lang='fr'> oui </s><mark name='m'/></prompt>",
    );
    let Piece::Element { name, attributes, children } = &pieces[0] else { panic!() };
    assert_eq!((name.as_str(), attributes.len()), ("say-as", 2));
    assert_eq!(children, &[text("1/2")]);
    assert!(matches!(&pieces[1], Piece::Element { attributes, .. } if attributes[0].0 == "xml:lang"));
    assert_eq!(pieces[2], Piece::Mark(Source::Literal("m".to_owned())));
}

#[test]
fn voicexml_1_speech_is_translated() {
    let pieces = spoken(
        "<sayas class='phone'>1</sayas><emp level='strong'>x</emp><pros vol='10'>y</pros><div type='sentence'>z</div><break msecs='200'/>",
    );
    let named: Vec<_> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Element { name, attributes, .. } => format!("{name} {attributes:?}"),
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        r#"say-as [("interpret-as", "phone")]"#,
        r#"emphasis [("level", "strong")]"#,
        r#"prosody [("volume", "10")]"#,
        "s []",
        r#"break [("time", "200ms")]"#,
    ];
    assert_eq!(named, expected);
}

#[test]
fn the_numbers_of_voicexml_1_prosody_become_those_of_ssml() {
    let attributes = |text: &str| match &spoken(text)[0] {
        Piece::Element { attributes, .. } => format!("{attributes:?}"),
        other => format!("{other:?}"),
    };
    assert_eq!(attributes("<pros rate='90'>slow</pros>"), r#"[("rate", "50%")]"#);
    assert_eq!(attributes("<pros rate='+10%'>fast</pros>"), r#"[("rate", "+10%")]"#);
    assert_eq!(attributes("<pros vol='0.5'>soft</pros>"), r#"[("volume", "50")]"#);
}

#[test]
fn the_class_of_a_value_says_how_it_is_read() {
    let pieces = spoken("<prompt>Call <value expr='n' class='phone'/></prompt>");
    let Piece::Element { name, attributes, children } = &pieces[1] else { panic!("{pieces:?}") };
    assert_eq!((name.as_str(), attributes[0].1.as_str()), ("say-as", "phone"));
    assert!(matches!(children.as_slice(), [Piece::Value(_)]));
}

#[test]
fn speak_may_stand_in_a_prompt_with_what_belongs_to_it() {
    let document = "<form><block><prompt><speak version='1.0' xml:lang='es-ES'><metadata><a>no speech</a></metadata>\
                    <meta name='a' content='b'/><lexicon uri='l.xml'/>hola</speak></prompt></block></form>";
    assert_eq!(warnings(document), Vec::<String>::new());
    let pieces =
        spoken("<prompt><speak version='1.0' xml:lang='es-ES'><metadata>no speech</metadata>hola</speak></prompt>");
    let Piece::Element { name, children, .. } = &pieces[0] else { panic!("{pieces:?}") };
    assert_eq!((name.as_str(), children.as_slice()), ("speak", [text("hola")].as_slice()));
}

#[test]
fn unknown_elements_in_prompts_lose_only_their_tags() {
    assert_eq!(spoken("<prompt>very <b>important</b> news</prompt>"), [text("very important news")]);
    assert_eq!(warnings("<form><block><prompt>very <b>important</b></prompt></block></form>"), ["unknown-element"]);
}

#[test]
fn foreach_is_an_action_or_a_piece() {
    assert!(
        matches!(&block("<foreach item='i' array='a'><log/>x</foreach>")[0], Action::Foreach(each) if each.body.len() == 2)
    );
    let pieces = spoken("<prompt><foreach item='i' array='a'>and <value expr='i'/> </foreach></prompt>");
    let Piece::Foreach { item, array, body } = &pieces[0] else { panic!() };
    assert_eq!((&*item.text, &*array.source, body.len()), ("i", "a", 3), "the blank keeps the repetitions apart");
}

#[test]
fn branches_follow_their_conditions() {
    let actions = block("<if cond='a &lt; 1'>x<elseif cond='b'/><clear/><clear/><else/><if expr='c'>y</if></if>");
    let [Action::If(branches)] = actions.as_slice() else { panic!() };
    let conds: Vec<_> = branches.iter().map(|branch| branch.cond.as_ref().map(|cond| &*cond.source)).collect();
    assert_eq!(conds, [Some("a < 1"), Some("b"), None]);
    let lengths: Vec<_> = branches.iter().map(|branch| branch.body.len()).collect();
    assert_eq!(lengths, [1, 2, 1]);
}

#[test]
fn content_inside_elseif_is_read_as_if_it_stood_after_it() {
    let actions = block("<if cond='a'><elseif cond='b'><clear/></elseif><else><exit/></else></if>");
    let [Action::If(branches)] = actions.as_slice() else { panic!() };
    assert!(matches!(branches[1].body.as_slice(), [Action::Clear(_)]));
    assert!(matches!(branches[2].body.as_slice(), [Action::Exit(_)]));
}

#[test]
fn every_action_is_read() {
    let actions = block(
        "<var name='a'/><assign name='document.a' expr='1'/><reprompt/><throw eventexpr='e' message='m'/>
        <goto expritem='i'/><submit next='s' method='POST' namelist=''/><exit expr='1'/><return namelist='a'/>
        <disconnect namelist='a'/><script src='s.js' charset='utf-8'/><log label='l'>x <value expr='a'/></log>
        <data src='d' name='x'/><clear namelist='a b'/>",
    );
    assert_eq!(actions.len(), 13);
    assert!(matches!(&actions[1], Action::Assign { name, .. } if &*name.text == "document.a"));
    let Action::Submit(submit) = &actions[5] else { panic!() };
    assert_eq!((submit.method, submit.namelist.as_deref()), (Method::Post, Some([].as_slice())));
    assert!(matches!(&actions[9], Action::Script(script) if script.program.is_err()));
    assert!(matches!(&actions[10], Action::Log(log) if log.content.len() == 2));
}

#[test]
fn expressions_know_where_they_stand() {
    let text = "<vxml version='2.1'><form><block>\n é <value   expr = 'foo'/>\n<script><![CDATA[\nbar < 1]]></script></block></form></vxml>";
    let document = document(text);
    let ItemKind::Block(actions) = &document.dialogs[0].items[0].kind else { panic!() };
    let Action::Prompt(prompt) = &actions[0] else { panic!() };
    let Piece::Value(expr) = &prompt.content[1] else { panic!() };
    assert_eq!((expr.at.line, expr.at.column), (2, 21));
    assert!(text[expr.at.offset as usize..].starts_with("foo"));
    let Action::Script(script) = &actions[1] else { panic!() };
    let program = script.program.as_ref().unwrap();
    assert_eq!((program.at.line, program.at.column, &*program.source), (3, 18, "\nbar < 1"));
}
