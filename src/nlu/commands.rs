//! What callers say to any menu: repeat, help, an operator, back, and plain yes and no.

use super::words::{self, Language};

/// A wish that does not depend on the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Repeat,
    Help,
    Operator,
    Back,
    Yes,
    No,
}

/// Phrases of which one must be said, and the words that may stand beside it.
struct Pattern {
    command: Command,
    phrases: &'static str,
    beside: &'static str,
}

/// Nobody needs more words for a command.
const MAX_WORDS: usize = 14;

/// The command that the words are, if they are nothing else.
pub(super) fn command<S: AsRef<str>>(said: &[S], language: Language) -> Option<Command> {
    if said.len() > MAX_WORDS {
        return None;
    }
    patterns(language).iter().find(|pattern| pattern.fits(said, language)).map(|pattern| pattern.command)
}

/// The command that a choice with this label stands for. Labels are wordier than callers ("speak with a member services
/// representative"), so that an agent's title anywhere in it is enough.
pub(super) fn meaning<S: AsRef<str>>(label: &[S], language: Language) -> Option<Command> {
    let titled = || {
        let speaks = SPEAKING.iter().any(|start| find(label, start).is_some_and(|(at, _)| at == 0));
        speaks || OPERATORS.split('|').any(|title| find(label, title).is_some())
    };
    command(label, language).or_else(|| titled().then_some(Command::Operator))
}

impl Pattern {
    fn fits<S: AsRef<str>>(&self, said: &[S], language: Language) -> bool {
        let beside = |word: &str| {
            words::among(word, self.beside)
                || words::is_lead_in(word, language)
                || self.phrases.split('|').any(|phrase| phrase == word)
        };
        self.phrases.split('|').filter_map(|phrase| find(said, phrase)).any(|(start, end)| {
            let outside = said.iter().enumerate().filter(|(at, _)| !(start..end).contains(at));
            outside.map(|(_, word)| word.as_ref()).all(beside)
        })
    }
}

/// Where the phrase stands in the words.
fn find<S: AsRef<str>>(said: &[S], phrase: &str) -> Option<(usize, usize)> {
    let length = phrase.split(' ').count();
    said.windows(length)
        .position(|window| window.iter().map(AsRef::as_ref).eq(phrase.split(' ')))
        .map(|start| (start, start + length))
}

fn patterns(language: Language) -> &'static [Pattern] {
    match language {
        Language::Spanish => SPANISH,
        _ => ENGLISH,
    }
}

/// How labels begin that lead to a person.
const SPEAKING: &[&str] = &["speak with", "speak to", "talk to", "talk with", "hablar con", "comunicarse con"];

/// The people behind the menu.
const OPERATORS: &str = "operator|agent|representative|associate|advisor|adviser|receptionist|attendant|front desk|\
    customer service|customer care|our team|specialist|concierge|operador|operadora|agente|representante|asesor|asesora|\
    recepcion|ejecutivo|ejecutiva|servicio al cliente|atencion al cliente";

const ENGLISH: &[Pattern] = &[
    Pattern {
        command: Command::No,
        phrases: "no|nope|nah|not|wrong|incorrect|negative|never",
        beside: "correct right that thats is this way thanks thank really all absolutely sir at yet do does",
    },
    Pattern {
        command: Command::Yes,
        phrases: "yes|yeah|yep|yup|yea|sure|correct|right|affirmative|absolutely|exactly|definitely|of course|ok|okay|\
            uh huh|you bet|confirm|sounds good",
        beside: "that thats is this all thing sir do thanks thank very quite",
    },
    Pattern {
        command: Command::Help,
        phrases: "help|what can i say|what do i say|what to say|what i say|what should i say|what are my options|\
            what are the options|what can i do|what do i do|what can you do|what all can|can i ask|can ask|you can do|\
            does this work|does it work|does work|instructions|assistance|confused|i am lost",
        beside: "some do does with this of more any here understand not is am there what should use how now know kind sort \
            sorts type types things thing questions question tasks task ask ai help all make yourself useful tell say",
    },
    Pattern {
        command: Command::Repeat,
        phrases: "repeat|again|one more time|pardon|what did you say|what was that|did not hear|did not catch|did not get|\
            could not hear|missed that|excuse me|rewind|huh|what|once more",
        beside: "say hear that this these those options option choices menu message question time times more once all were \
            are was is did do not sorry come play tell list read go over back one everything of quite last part understand \
            run through by said from top beginning start may now yeah",
    },
    Pattern {
        command: Command::Operator,
        phrases: "operator|agent|representative|rep|human|person|someone|somebody|advisor|adviser|associate|receptionist|\
            attendant|manager|supervisor|customer service|customer care|front desk|talk to you",
        beside: "talk speak speaking talking with connect transfer put through call live real actual being customer service \
            support on line who there is of have rather another from in phone instead right now directly do not machine \
            robot care else stop already help yes yeah no meh",
    },
    Pattern {
        command: Command::Back,
        phrases: "go back|main menu|previous menu|previous|back|return|last menu|menu|other options|start over|\
            menu before|to the beginning|to the start",
        beside: "go take main one step options option screen start beginning up level bring last top this yeah yes they over",
    },
];

const SPANISH: &[Pattern] = &[
    Pattern {
        command: Command::No,
        phrases: "no|nunca|incorrecto|negativo|para nada|equivocado",
        beside: "es esta bien correcto asi gracias eso senor senorita",
    },
    Pattern {
        command: Command::Yes,
        phrases: "si|claro|correcto|correcta|exacto|asi es|de acuerdo|por supuesto|afirmativo|vale|esta bien|dale|ok|okay|\
            confirmo|confirmar|sip",
        beside: "que es senor senorita eso esta bien gracias todo muy",
    },
    Pattern {
        command: Command::Help,
        phrases: "ayuda|ayudame|ayudeme|auxilio|que puedo decir|que digo|que decir|que opciones|cuales son las opciones|\
            que tengo que decir|como funciona|que puedo hacer|que puede hacer|instrucciones",
        beside: "esto no se hacer algo hay aqui",
    },
    Pattern {
        command: Command::Repeat,
        phrases: "repetir|repite|repita|repitame|repiteme|repitalo|repitelo|repetirme|repetirlo|repetirmelo|otra vez|\
            de nuevo|nuevamente|una vez mas|como dijo|que dijo|no escuche|no oi|no entendi|no le entendi|perdon|mande",
        beside: "lo le me puedes podrias decir diga dime digame opciones menu escuchar oir eso como si bien otra vez no \
            todo mensaje esta dijo desde principio",
    },
    Pattern {
        command: Command::Operator,
        phrases: "operador|operadora|agente|representante|asesor|asesora|persona|humano|alguien|ejecutivo|ejecutiva|\
            recepcion|servicio al cliente|atencion al cliente|supervisor|gerente",
        beside: "hablar comunicar comunicarme comuniqueme comunicame paseme pasame pongame poner conectar conecteme \
            transferir transfierame real verdad carne y hueso al servicio cliente atencion no maquina robot ser atienda \
            directamente en linea",
    },
    Pattern {
        command: Command::Back,
        phrases: "volver|atras|regresar|menu principal|menu anterior|anterior|regreso|vuelve|vuelva|menu|inicio",
        beside: "al ir hacia principal paso",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, language: Language) -> Option<Command> {
        command(&words::tokens(text, language), language)
    }

    #[test]
    fn commands_are_recognised_with_the_politeness_around_them() {
        for (said, wanted) in [
            ("Could you repeat that, please?", Command::Repeat),
            ("Say that again.", Command::Repeat),
            ("sorry I didn't catch that", Command::Repeat),
            ("help", Command::Help),
            ("What can I say?", Command::Help),
            ("let me talk to a real person", Command::Operator),
            ("Operator!", Command::Operator),
            ("take me back to the main menu", Command::Back),
            ("yes that's right", Command::Yes),
            ("that is not correct", Command::No),
        ] {
            assert_eq!(read(said, Language::English), Some(wanted), "{said}");
        }
        for (said, wanted) in [
            ("¿Me lo puede repetir, por favor?", Command::Repeat),
            ("otra vez", Command::Repeat),
            ("ayuda", Command::Help),
            ("quiero hablar con una persona", Command::Operator),
            ("volver al menú anterior", Command::Back),
            ("Sí, claro.", Command::Yes),
            ("no, gracias", Command::No),
        ] {
            assert_eq!(read(said, Language::Spanish), Some(wanted), "{said}");
        }
    }

    #[test]
    fn sentences_about_something_else_are_no_commands() {
        for said in [
            "repeat my last order",
            "help me with my taxes",
            "send my money back",
            "is my card right here",
            "a person stole my card",
        ] {
            assert_eq!(read(said, Language::English), None, "{said}");
        }
    }
}
