//! What is read without doing anything here, and what older documents write for what there is.

use super::*;
use crate::dialogue::Version;

#[test]
fn a_document_of_any_version_is_read() {
    for (written, version) in [("2.0", Version::V20), ("2.1", Version::V21), ("1.0", Version::V21)] {
        let text = format!("<vxml version='{written}'><form><block>x</block></form></vxml>");
        assert_eq!(document(&text).version, version, "{written}");
    }
    assert_eq!(warnings_of("<vxml version='3.0'><form/></vxml>"), ["bad-value"]);
}

fn warnings_of(text: &str) -> Vec<String> {
    read(text, URI).diagnostics.into_iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn metadata_is_read_over() {
    let inside = "<meta http-equiv='Expires' content='0'/><metadata><rdf:RDF xmlns:rdf='urn:r'><rdf:a/></rdf:RDF></metadata><form/>";
    assert!(warnings(inside).is_empty());
    assert_eq!(document(&vxml(inside)).metas[0].name, "Expires");
}

#[test]
fn a_menu_is_found_by_its_id() {
    let document = document(&vxml("<form/><menu id='m'><choice next='#m'>x</choice></menu>"));
    assert!(document.dialog("m").is_some() && document.dialog("n").is_none());
}

#[test]
fn a_recording_is_modal_unless_it_says_otherwise() {
    assert!(item("<form><record name='r'/></form>").modal);
    assert!(!item("<form><record name='r' modal='false'/></form>").modal);
}

#[test]
fn what_is_for_objects_is_read() {
    let inside = "<form><object classid='c' codebase='b' codetype='t' data='d' type='u' archive='a'>
        <param name='p' value='v' valuetype='ref' type='text/plain'/></object></form>";
    assert!(warnings(inside).is_empty());
    let ItemKind::Object(object) = item(inside).kind else { panic!() };
    assert_eq!((object.classid.as_deref(), object.data.as_deref()), (Some("c"), Some("d")));
    assert_eq!(object.params[0].name, "p");
}

#[test]
fn languages_inside_a_prompt_are_kept() {
    for name in ["p", "s", "voice"] {
        let pieces = spoken(&format!("<prompt><{name} xml:lang='fr-FR'>oui</{name}></prompt>"));
        let Piece::Element { attributes, .. } = &pieces[0] else { panic!() };
        assert_eq!(attributes, &[("xml:lang".to_owned(), "fr-FR".to_owned())]);
    }
}

#[test]
fn a_lexicon_is_read_over() {
    assert_eq!(spoken("<prompt><lexicon uri='l.pls' type='application/pls+xml'/>said</prompt>"), [text("said")]);
    assert!(warnings("<form><block><prompt><lexicon uri='l' type='t'/>x</prompt></block></form>").is_empty());
}

#[test]
fn leftovers_of_voicexml_1_are_read() {
    let inside = "<meta name='a' content='b' scheme='c'/><script type='text/ecmascript'>var a = 1;</script>
        <form><subdialog src='x.vxml' modal='true'/><transfer dest='tel:1' modal='true'/></form>";
    assert!(warnings(inside).is_empty());
}

#[test]
fn voicexml_1_speech_has_its_names_of_today() {
    let pieces = spoken(
        "<prompt><sayas sub='alias'>a</sayas><sayas phon='ph'>b</sayas><pros rate='slow' pitch='low' range='high'>c</pros><break size='large'/>
        <paragraph>d</paragraph><sentence>e</sentence><say-as type='number:digits'>1</say-as></prompt>",
    );
    let named = pieces.iter().filter_map(|piece| match piece {
        Piece::Element { name, attributes, .. } => {
            let attributes = attributes.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
            Some(format!("{name}{attributes}"))
        }
        _ => None,
    });
    let expected = [
        "sub alias=alias",
        "phoneme ph=ph",
        "prosody rate=slow pitch=low range=high",
        "break strength=strong",
        "p",
        "s",
        "say-as type=number:digits",
    ];
    assert_eq!(named.collect::<Vec<_>>(), expected);
}

#[test]
fn the_keys_of_a_form_have_a_scope_as_its_grammars_have() {
    let document = document(&vxml("<form><dtmf scope='document'>1</dtmf><dtmf>2</dtmf><block/></form>"));
    assert_eq!((document.dialogs[0].grammars.len(), document.dialogs[0].document_grammars.len()), (2, 1));
}
