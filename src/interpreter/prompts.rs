//! Prompts: which are played (2.0 §4.1.6), and what they become.

use super::{
    Session, TraceLine,
    flow::{Flow, Run},
};
use crate::{
    dialogue::{
        AudioSource, FetchHints, Item, ItemKind, MenuChoice, Millis, OptionItem, Origin, Piece, Prompt, Source, Speech,
        Spoken, parse_time,
    },
    script::Chain,
};
use std::{future::Future, pin::Pin, sync::Arc};

/// What is heard where a platform's own sound would be.
const MOMENT: Millis = 500;

/// Bytes of text in the prompts of one turn at most: hours of speech, more than any platform takes.
const SAID: usize = 256 * 1024;

impl Session {
    /// Queues the prompts of an item for this visit and counts the visit.
    pub(super) async fn queue_item_prompts(&mut self, item: &Item, index: usize) -> Run {
        let count = self.here().prompt_counts.get(&index).copied().unwrap_or_default() + 1;
        self.here_mut().prompt_counts.insert(index, count);
        let chain = self.here().chain.clone();
        let mut eligible: Vec<Arc<Prompt>> = Vec::new();
        for prompt in &item.prompts {
            let holds = match &prompt.cond {
                Some(cond) => self.engine.eval_bool(&chain, cond)?,
                None => true,
            };
            if holds {
                eligible.push(prompt.clone());
            }
        }
        let correct = eligible.iter().map(|prompt| prompt.count).filter(|reached| *reached <= count).max();
        for prompt in eligible.iter().filter(|prompt| Some(prompt.count) == correct) {
            // The condition has been looked at; evaluating it twice could run its side effects twice.
            self.render_into_queue(&chain, prompt, Origin::Item).await?;
        }
        Ok(())
    }

    /// Queues one prompt if its condition holds.
    pub(super) async fn queue_prompt(&mut self, chain: &Chain, prompt: &Prompt, origin: Origin) -> Run {
        if let Some(cond) = &prompt.cond
            && !self.engine.eval_bool(chain, cond)?
        {
            return Ok(());
        }
        self.render_into_queue(chain, prompt, origin).await
    }

    async fn render_into_queue(&mut self, chain: &Chain, prompt: &Prompt, origin: Origin) -> Run {
        let lang = prompt.lang.clone().unwrap_or_else(|| self.lang());
        let content = self.render(chain, &prompt.content, prompt.base.as_deref(), &lang).await?;
        self.prompt_timeout = prompt.timeout;
        let bargein = prompt.bargein.unwrap_or_else(|| self.bargein_property());
        self.hotword |= bargein && prompt.hotword.unwrap_or_else(|| self.property("bargeintype") == Some("hotword"));
        if !content.is_empty() {
            self.queue.push(Spoken { content, bargein, lang, origin });
        }
        Ok(())
    }

    /// What pieces of a prompt become now.
    fn render<'a>(
        &'a mut self,
        chain: &'a Chain,
        pieces: &'a [Piece],
        base: Option<&'a str>,
        lang: &'a str,
    ) -> Pin<Box<dyn Future<Output = Run<Vec<Speech>>> + 'a>> {
        Box::pin(async move {
            let mut heard = Vec::new();
            for piece in pieces {
                match piece {
                    Piece::Text(text) => heard.push(self.text(text.clone())?),
                    Piece::Value(expr) => {
                        let text = self.engine.eval_text(chain, expr)?.unwrap_or_else(|| "undefined".to_owned());
                        // The value of a recording is its sound (2.0 §2.3.6).
                        let is_recording = self.recordings.contains_key(&text);
                        heard.push(if is_recording { Speech::Audio(text) } else { self.text(text)? });
                    }
                    Piece::Audio { src, fallback, fetch } => match self.audio(chain, src, base, fetch).await? {
                        Audio::Playable(url) => heard.push(Speech::Audio(url)),
                        Audio::Missing => heard.extend(self.render(chain, fallback, base, lang).await?),
                        Audio::Silence(time) => heard.push(silence(time)),
                        Audio::Unknown(name) => {
                            let instead = self.render(chain, fallback, base, lang).await?;
                            heard.extend(self.instead_of(&name, instead));
                        }
                        Audio::Skipped => {}
                    },
                    Piece::Enumerate(template) => {
                        heard.extend(self.enumerate(chain, template.as_deref(), base, lang).await?)
                    }
                    Piece::Foreach { item, array, body } => {
                        for element in self.elements(chain, array)? {
                            self.set_loop_variable(chain, item, &element)?;
                            heard.extend(self.render(chain, body, base, lang).await?);
                        }
                    }
                    Piece::Mark(Source::Literal(name)) => heard.push(Speech::Mark(name.clone())),
                    Piece::Mark(Source::Expr(expr)) => {
                        heard.extend(self.engine.eval_text(chain, expr)?.map(Speech::Mark));
                    }
                    Piece::Element { name, attributes, children } => {
                        let children = self.render(chain, children, base, lang).await?;
                        heard.push(Speech::Element { name: name.clone(), attributes: attributes.clone(), children });
                    }
                }
            }
            Ok(heard)
        })
    }

    /// Text to be spoken, unless the turn has too much of it.
    fn text(&mut self, text: String) -> Run<Speech> {
        if self.said + text.len() > SAID {
            return Err(Flow::semantic(format!("the prompts of one turn are longer than {SAID} bytes")));
        }
        self.said += text.len();
        Ok(Speech::Text(text))
    }

    async fn audio(&mut self, chain: &Chain, src: &AudioSource, base: Option<&str>, hints: &FetchHints) -> Run<Audio> {
        let reference = match src {
            AudioSource::Uri(uri) => uri.clone(),
            AudioSource::None => return Ok(Audio::Missing),
            AudioSource::Expr(expr) => match self.engine.eval_text(chain, expr)? {
                Some(uri) => uri,
                // An undefined expression: element and content are ignored (2.0 §4.1.3).
                None => return Ok(Audio::Skipped),
            },
        };
        // A recording lies with the platform, which plays it whoever else may not have it.
        if self.recordings.contains_key(&reference) {
            return Ok(Audio::Playable(reference));
        }
        if let Some(name) = reference.trim().strip_prefix("builtin:") {
            return Ok(Audio::builtin(name));
        }
        let base = base.and_then(|base| super::resolve(&self.here().program.base, base).ok());
        let resolved = match &base {
            Some(base) => super::resolve(base, &reference),
            None => super::resolve(&self.here().program.base, &reference),
        };
        match resolved {
            Ok(url) if self.can_play(&url, hints).await? => Ok(Audio::Playable(url)),
            _ => Ok(Audio::Missing),
        }
    }

    /// A platform's own sound that this one does not have: the content of the element, or a moment where it would be.
    fn instead_of(&self, name: &str, content: Vec<Speech>) -> Vec<Speech> {
        let instead = if content.is_empty() { "a short pause" } else { "its content" };
        let text = format!("there is no sound builtin:{name}; {instead} is heard instead");
        self.port.trace(TraceLine::Log { label: "voxbridge".to_owned(), text });
        if content.is_empty() { vec![silence(MOMENT)] } else { content }
    }

    /// The choices of the menu or the options of the field, by the template (2.0 §2.2 and §2.3.1.3).
    async fn enumerate(
        &mut self,
        chain: &Chain,
        template: Option<&[Piece]>,
        base: Option<&str>,
        lang: &str,
    ) -> Run<Vec<Speech>> {
        let mut heard = Vec::new();
        let Some(entries) = self.enumerated() else {
            return Err(Flow::semantic("<enumerate> has its place in menus, and in fields that have <option>"));
        };
        for Entry { prompt, keys, has_grammar } in entries {
            match template {
                Some(template) => {
                    let scope = self.engine.scope()?;
                    let dtmf = keys.filter(|_| !has_grammar);
                    for (name, value) in [("_prompt", Some(prompt)), ("_dtmf", dtmf)] {
                        let value = match value {
                            Some(text) => self.engine.value(&text.into())?,
                            None => self.engine.undefined()?,
                        };
                        self.engine.set(&scope, name, &value)?;
                    }
                    heard.extend(self.render(&chain.with(&scope), template, base, lang).await?);
                    // The reader trims the template: its repetitions must not run together.
                    heard.push(Speech::Text(" ".to_owned()));
                }
                None => heard.push(Speech::Text(carrier_phrase(&prompt, keys.as_deref(), lang))),
            }
        }
        Ok(heard)
    }

    /// What there is to choose from; `None` where nothing is chosen.
    fn enumerated(&self) -> Option<Vec<Entry>> {
        let dialog = self.dialog();
        let item = self.item().or_else(|| dialog.items.first().cloned())?;
        match &item.kind {
            ItemKind::Menu(menu) => {
                let entry = |choice: &MenuChoice| Entry {
                    prompt: choice.text.clone(),
                    keys: choice.dtmf.as_deref().map(spaced),
                    has_grammar: !choice.grammars.is_empty(),
                };
                Some(menu.choices.iter().map(entry).collect())
            }
            ItemKind::Field(field) if !field.options.is_empty() => {
                let entry = |option: &OptionItem| Entry {
                    prompt: option.text.clone(),
                    keys: option.dtmf.as_deref().map(spaced),
                    has_grammar: false,
                };
                Some(field.options.iter().map(entry).collect())
            }
            _ => None,
        }
    }
}

/// A choice or an option as `<enumerate>` reads it.
struct Entry {
    prompt: String,
    /// With a blank between the keys.
    keys: Option<String>,
    /// Whether it has a grammar of its own: then `_dtmf` is undefined, whatever its keys are (2.0 §2.2.4).
    has_grammar: bool,
}

fn spaced(keys: &str) -> String {
    keys.chars().filter(|c| !c.is_whitespace()).map(String::from).collect::<Vec<_>>().join(" ")
}

enum Audio {
    Playable(String),
    Missing,
    Skipped,
    /// Nothing for a while.
    Silence(Millis),
    /// A platform's own sound that this one does not have.
    Unknown(String),
}

impl Audio {
    /// What there is of the sounds that platforms have themselves: silence, a second or as long as `time` says
    /// (`builtin:silence?time=500ms`, `builtin:silence/500ms`).
    fn builtin(name: &str) -> Self {
        let (kind, rest) = name.split_once(['?', '/']).unwrap_or((name, ""));
        let time = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
        match kind.to_ascii_lowercase().as_str() {
            "silence" | "pause" if rest.is_empty() => Self::Silence(1_000),
            "silence" | "pause" => Self::Silence(parse_time(time).unwrap_or(1_000)),
            _ => Self::Unknown(name.to_owned()),
        }
    }
}

fn silence(time: Millis) -> Speech {
    let attributes = vec![("time".to_owned(), format!("{time}ms"))];
    Speech::Element { name: "break".to_owned(), attributes, children: Vec::new() }
}

fn carrier_phrase(prompt: &str, keys: Option<&str>, lang: &str) -> String {
    match (keys, lang.starts_with("es")) {
        (Some(keys), false) => format!("For {prompt}, press {keys}. "),
        (Some(keys), true) => format!("Para {prompt}, oprima {keys}. "),
        (None, _) => format!("{prompt}. "),
    }
}
