//! What callers say to any menu: repeat, help, an operator, back, cancel, and plain yes and no.

use super::embedded::Universal;
use super::words::Language;
use crate::dialogue::Selection;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A wish that does not depend on the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Repeat,
    Help,
    Operator,
    Back,
    Cancel,
    Yes,
    No,
}

impl Command {
    /// The command that a universal is.
    pub(super) fn of(universal: Universal) -> Self {
        match universal {
            Universal::Repeat => Self::Repeat,
            Universal::Help => Self::Help,
            Universal::Operator => Self::Operator,
            Universal::Back => Self::Back,
            Universal::Cancel => Self::Cancel,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Repeat => "repeat",
            Self::Help => "help",
            Self::Operator => "operator",
            Self::Back => "back",
            Self::Cancel => "cancel",
            Self::Yes => "yes",
            Self::No => "no",
        }
    }

    /// What it selects where no choice stands for it; yes and no mean nothing by themselves.
    pub(super) fn selection(self) -> Option<Selection> {
        match self {
            Self::Repeat => Some(Selection::Repeat),
            Self::Help | Self::Operator | Self::Back | Self::Cancel => Some(Selection::Event(self.name().to_owned())),
            Self::Yes | Self::No => None,
        }
    }
}

/// Phrases of which one must be said, and the words that may stand beside it.
struct Pattern {
    command: Command,
    phrases: &'static str,
    beside: &'static str,
}

/// Nobody needs more words for a command.
const MAX_WORDS: usize = 14;

/// The command that the words are, if they are nothing else; the first of the language's patterns that fits.
pub(super) fn command<S: AsRef<str>>(said: &[S], language: Language) -> Option<Command> {
    if said.len() > MAX_WORDS {
        return None;
    }
    let patterns = patterns(language);
    let fitting = patterns.phrases.all_in(said).filter(|(place, length, pattern)| {
        let outside = said.iter().enumerate().filter(|(at, _)| !(*place..place + length).contains(at));
        patterns
            .beside
            .get(*pattern)
            .is_some_and(|beside| outside.map(|(_, word)| word.as_ref()).all(|word| beside.contains(word)))
    });
    let (_, _, first) = fitting.min_by_key(|(_, _, pattern)| *pattern)?;
    patterns.commands.get(first).copied()
}

/// The command that a choice with this label stands for. Labels are wordier than callers ("speak with a member services
/// representative"), so that an agent's title anywhere in it is enough.
pub(super) fn meaning<S: AsRef<str>>(label: &[S], language: Language) -> Option<Command> {
    let titled = || SPEAKING.all_in(label).any(|(place, ..)| place == 0) || OPERATORS.all_in(label).next().is_some();
    command(label, language).or_else(|| titled().then_some(Command::Operator))
}

fn patterns(language: Language) -> &'static Patterns {
    match language {
        Language::Spanish => &SPANISH,
        _ => &ENGLISH,
    }
}

/// The patterns of a language, prepared once: every label and every utterance is held against all of them.
struct Patterns {
    commands: Vec<Command>,
    phrases: Phrases,
    /// For each command, what may stand beside its phrases: its own words, lead-ins, and its phrases of one word.
    beside: Vec<HashSet<&'static str>>,
}

impl Patterns {
    fn of(patterns: &[Pattern], language: Language) -> Self {
        let phrases = |pattern: &Pattern| pattern.phrases.split('|');
        let beside = |pattern: &Pattern| {
            let own = pattern.beside.split_ascii_whitespace().chain(phrases(pattern));
            own.chain(language.lead_ins().iter().copied()).collect()
        };
        Self {
            commands: patterns.iter().map(|pattern| pattern.command).collect(),
            phrases: Phrases::of(patterns.iter().map(phrases)),
            beside: patterns.iter().map(beside).collect(),
        }
    }
}

/// Groups of phrases, found by the words they begin with.
struct Phrases(HashMap<&'static str, Vec<(Vec<&'static str>, usize)>>);

impl Phrases {
    fn of(groups: impl Iterator<Item = impl Iterator<Item = &'static str>>) -> Self {
        let mut phrases: HashMap<_, Vec<_>> = HashMap::new();
        for (group, phrase) in groups.enumerate().flat_map(|(group, all)| all.map(move |phrase| (group, phrase))) {
            let first = phrase.split(' ').next().unwrap_or_default();
            phrases.entry(first).or_default().push((phrase.split(' ').collect(), group));
        }
        Self(phrases)
    }

    /// Every phrase in the words: where it begins, how many words it has, which group it is of.
    fn all_in<S: AsRef<str>>(&self, said: &[S]) -> impl Iterator<Item = (usize, usize, usize)> {
        (0..said.len()).flat_map(move |at| {
            let rest = said.get(at..).unwrap_or_default();
            let beginning = rest.first().and_then(|word| self.0.get(word.as_ref()));
            let stands = move |phrase: &[&str]| {
                phrase.len() <= rest.len() && phrase.iter().zip(rest).all(|(wanted, word)| *wanted == word.as_ref())
            };
            let found = beginning.into_iter().flatten().filter(move |(phrase, _)| stands(phrase));
            found.map(move |(phrase, group)| (at, phrase.len(), *group))
        })
    }
}

/// How labels begin that lead to a person.
static SPEAKING: LazyLock<Phrases> = LazyLock::new(|| {
    let starts = ["speak with", "speak to", "talk to", "talk with", "hablar con", "comunicarse con"];
    Phrases::of([starts.into_iter()].into_iter())
});

/// The people behind the menu.
static OPERATORS: LazyLock<Phrases> = LazyLock::new(|| {
    let titles = "operator|agent|representative|associate|advisor|adviser|receptionist|attendant|front desk|\
    customer service|customer care|our team|specialist|concierge|operador|operadora|agente|representante|asesor|asesora|\
    recepcion|ejecutivo|ejecutiva|servicio al cliente|atencion al cliente";
    Phrases::of([titles.split('|')].into_iter())
});

static ENGLISH: LazyLock<Patterns> = LazyLock::new(|| Patterns::of(IN_ENGLISH, Language::English));

static SPANISH: LazyLock<Patterns> = LazyLock::new(|| Patterns::of(IN_SPANISH, Language::Spanish));

const IN_ENGLISH: &[Pattern] = &[
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
    Pattern {
        command: Command::Cancel,
        phrases: "cancel|never mind|nevermind|forget it|forget about it|stop|exit|quit|abort|hang up|end call|end the call|\
            i am done|im done|scratch that|disregard|do not bother|goodbye|bye|that is all|thats all|that will be all|\
            be quiet|shut up",
        beside: "this that it call now no thanks thank all done for talking speaking input last entry request everything am \
            is ai right bye sorry actually changed mind yeah yes bother good",
    },
];

const IN_SPANISH: &[Pattern] = &[
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
    Pattern {
        command: Command::Cancel,
        phrases: "cancelar|cancela|cancele|cancelalo|cancelelo|olvidalo|olvidelo|olvidate|dejalo|dejelo|dejalo asi|salir|\
            terminar|parar|para ya|basta|colgar|cuelgo|cuelga|adios|ya no|no importa|detente|alto|hasta luego|eso es todo|\
            nada mas",
        beside: "ya no gracias esto eso todo la llamada mejor asi operacion nada importa quiero es mas hasta luego",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::words;

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
