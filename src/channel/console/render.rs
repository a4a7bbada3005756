use crate::channel::walk::{Part, parts};
use crate::dialogue::{DtmfInput, Ending, InputRequest, Next, Reason, Spoken, TransferKind, Turn};

/// A turn as a terminal shows it: what the caller hears, a line a prompt, then a line about what may be done.
pub fn render(turn: &Turn) -> String {
    let mut out = prompts_text(&turn.prompts);
    out.push_str(&match &turn.next {
        Next::Listen(request) => listening(request),
        Next::Record(request) if request.dtmfterm => "[records; any key ends it]\n".to_owned(),
        Next::Record(_) => "[records]\n".to_owned(),
        Next::Transfer(request) => match request.kind {
            TransferKind::Blind => format!("[connects to {}]\n", request.dest),
            TransferKind::Bridge => format!("[connects to {} and comes back]\n", request.dest),
            TransferKind::Consultation => format!("[connects to {} once it answers]\n", request.dest),
        },
        Next::Disconnect => "[hangs up]\n".to_owned(),
    });
    out
}

/// The end of a call as a terminal shows it.
pub fn ending_text(ending: &Ending) -> String {
    let why = match &ending.reason {
        Reason::Exit | Reason::Finished => "the application has ended the call".to_owned(),
        Reason::HungUp => "hung up".to_owned(),
        Reason::Event { event, message } if message.is_empty() => format!("nobody caught {event}"),
        Reason::Event { event, message } => format!("nobody caught {event}: {message}"),
        Reason::Limit(limit) => format!("stopped: {limit}"),
    };
    format!("{}[{why}]\n", prompts_text(&ending.prompts))
}

/// The words of some prompts as a caller hears them: substitutes and spelled digits included, audio left out.
pub fn heard_text(prompts: &[Spoken]) -> String {
    let words = prompts.iter().flat_map(parts).filter_map(|part| match part {
        Part::Words(words) => Some(words),
        Part::Audio(_) => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The URLs of the audio files of some prompts, in order.
pub fn played(prompts: &[Spoken]) -> Vec<String> {
    let files = prompts.iter().flat_map(parts).filter_map(|part| match part {
        Part::Words(_) => None,
        Part::Audio(url) => Some(url.to_owned()),
    });
    files.collect()
}

fn prompts_text(prompts: &[Spoken]) -> String {
    let line = |part| match part {
        Part::Words(words) => words + "\n",
        Part::Audio(url) => format!("♪ {url}\n"),
    };
    prompts.iter().flat_map(parts).map(line).collect()
}

fn listening(request: &InputRequest) -> String {
    let keys = request.dtmf.as_ref().map(keys);
    let mut choices: Vec<&str> = Vec::new();
    for key in request.choices.iter().filter_map(|choice| choice.key.as_deref()) {
        // Two grammars may give the same key.
        if !choices.contains(&key) {
            choices.push(key);
        }
    }
    let keys = keys.map(|keys| if choices.is_empty() { keys } else { format!("{keys} ({})", choices.join(" ")) });
    let speech = request.speech.as_ref().map(|_| format!("speech in {}", request.lang));
    let what = match (keys, speech) {
        (Some(keys), Some(speech)) => format!("listens for {keys} or {speech}"),
        (Some(one), None) | (None, Some(one)) => format!("listens for {one}"),
        (None, None) => "waits".to_owned(),
    };
    format!("[{what}, {} s]\n", request.timeout.div_ceil(1_000))
}

fn keys(input: &DtmfInput) -> String {
    let count = match (input.shortest, input.longest) {
        (1, Some(1)) => "one key".to_owned(),
        (shortest, Some(longest)) if shortest == longest => format!("{longest} keys"),
        (shortest, Some(longest)) => format!("{shortest} to {longest} keys"),
        (shortest, None) => format!("{shortest} or more keys"),
    };
    match input.finish.filter(|_| input.longest != Some(input.shortest)) {
        Some(finish) => format!("{count}, ended by {finish}"),
        None => count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{Choice, Origin, Speech, SpeechInput, samples};

    fn prompt(content: Vec<Speech>) -> Spoken {
        Spoken { content, bargein: true, lang: "en-US".to_owned(), origin: Origin::Item }
    }

    fn text(text: &str) -> Speech {
        Speech::Text(text.to_owned())
    }

    fn request(dtmf: Option<DtmfInput>, speech: bool) -> InputRequest {
        InputRequest {
            dtmf,
            speech: speech.then(|| SpeechInput { hints: Default::default(), own_grammars: false }),
            timeout: 4_500,
            ..samples::listening("en-US")
        }
    }

    fn listened_for(dtmf: Option<(u32, Option<u32>, Option<char>)>, speech: bool) -> String {
        let dtmf = dtmf.map(|(shortest, longest, finish)| DtmfInput { shortest, longest, finish });
        render(&Turn { prompts: vec![], next: Next::Listen(Box::new(request(dtmf, speech))) })
    }

    #[test]
    fn what_is_heard_is_shown_in_order_with_audio_between_the_words() {
        let spelled = Speech::Element {
            name: "say-as".to_owned(),
            attributes: vec![("interpret-as".to_owned(), "digits".to_owned())],
            children: vec![text("42")],
        };
        let emphasis = Speech::Element {
            name: "emphasis".to_owned(),
            attributes: vec![],
            children: vec![text("Now"), Speech::Audio("http://h/b.wav".to_owned()), text("listen.")],
        };
        let prompts = vec![prompt(vec![text("Your code is"), spelled, text(".")]), prompt(vec![emphasis])];
        assert_eq!(heard_text(&prompts), "Your code is 4 2. Now listen.");
        assert_eq!(played(&prompts), ["http://h/b.wav"]);
        let shown = render(&Turn { prompts, next: Next::Disconnect });
        assert_eq!(shown, "Your code is 4 2.\nNow\n♪ http://h/b.wav\nlisten.\n[hangs up]\n");
    }

    #[test]
    fn a_line_says_what_is_listened_for() {
        assert_eq!(listened_for(Some((1, Some(1), None)), true), "[listens for one key or speech in en-US, 5 s]\n");
        assert_eq!(listened_for(Some((4, Some(4), Some('#'))), false), "[listens for 4 keys, 5 s]\n");
        assert_eq!(listened_for(Some((1, None, Some('#'))), false), "[listens for 1 or more keys, ended by #, 5 s]\n");
        assert_eq!(listened_for(None, false), "[waits, 5 s]\n");
    }

    #[test]
    fn the_keys_of_a_menu_are_shown() {
        let mut menu = request(Some(DtmfInput { shortest: 1, longest: Some(1), finish: None }), false);
        for key in ["1", "2", "1"] {
            menu.choices.push(Choice { key: Some(key.to_owned()), phrases: vec![], label: None, target: None });
        }
        let turn = Turn { prompts: vec![], next: Next::Listen(Box::new(menu)) };
        assert_eq!(render(&turn), "[listens for one key (1 2), 5 s]\n");
    }

    #[test]
    fn recordings_and_ends_are_shown() {
        assert_eq!(
            render(&Turn { prompts: vec![], next: Next::Record(samples::recording()) }),
            "[records; any key ends it]\n"
        );
        let event = Reason::Event { event: "error.badfetch".to_owned(), message: String::new() };
        let ending = Ending { prompts: vec![prompt(vec![text("Goodbye.")])], reason: event, namelist: vec![] };
        assert_eq!(ending_text(&ending), "Goodbye.\n[nobody caught error.badfetch]\n");
    }
}
