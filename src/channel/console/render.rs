use crate::channel::walk::{audio_files, plain};
use crate::dialogue::{DtmfInput, Ending, InputRequest, Next, Reason, Speech, Spoken, Turn};

/// A turn as a terminal shows it: what the caller hears, a line a prompt, then a line about what may be done.
pub fn render(turn: &Turn) -> String {
    let mut out = prompts_text(&turn.prompts);
    out.push_str(&match &turn.next {
        Next::Listen(request) => listening(request),
        Next::Record(request) if request.dtmfterm => "[records; any key ends it]\n".to_owned(),
        Next::Record(_) => "[records]\n".to_owned(),
        Next::Transfer(request) if request.bridge => format!("[connects to {} and comes back]\n", request.dest),
        Next::Transfer(request) => format!("[connects to {}]\n", request.dest),
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
    let said = prompts.iter().map(|prompt| plain(&prompt.content)).filter(|text| !text.is_empty());
    said.collect::<Vec<_>>().join(" ")
}

/// The URLs of the audio files of some prompts, in order.
pub fn played(prompts: &[Spoken]) -> Vec<String> {
    prompts.iter().flat_map(|prompt| audio_files(&prompt.content)).map(str::to_owned).collect()
}

fn prompts_text(prompts: &[Spoken]) -> String {
    prompts.iter().flat_map(|prompt| lines(&prompt.content)).map(|line| line + "\n").collect()
}

/// The words of a prompt on one line, each audio file between them on one of its own. What is cut apart is cut at the
/// outermost elements only: inside them the files are told after the words.
fn lines(content: &[Speech]) -> Vec<String> {
    let mut lines = Vec::new();
    for piece in content.chunk_by(|a, b| audio_files(&[a.clone()]).is_empty() && audio_files(&[b.clone()]).is_empty()) {
        let words = plain(piece);
        if !words.is_empty() {
            lines.push(words);
        }
        lines.extend(audio_files(piece).into_iter().map(|url| format!("♪ {url}")));
    }
    lines
}

fn listening(request: &InputRequest) -> String {
    let keys = request.dtmf.as_ref().map(keys);
    let choices: Vec<&str> = request.choices.iter().filter_map(|choice| choice.key.as_deref()).collect();
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
