//! Every configuration key, described once; `docs/configuration.md` is generated from here.

use std::fmt::Write as _;

/// What a configuration key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The table it stands in: `server`, `twilio`, `store`, `limits`, `log`, `admin`, `model`, `backoffice.…` or `app`.
    pub table: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What holds if it is not written, as TOML; empty: nothing, or it must be written.
    pub default: &'static str,
    /// The environment variable that overrides it.
    pub env: Option<&'static str>,
    /// What it means.
    pub text: &'static str,
}

/// What each table is for.
pub const TABLES: &[(&str, &str)] = &[
    ("server", "Where the server listens and how Twilio reaches it."),
    ("twilio", "The Twilio account whose webhooks are served."),
    ("store", "Where the journals of calls are kept; see [How to choose a store](howto-choose-a-store.md)."),
    (
        "limits",
        "What one call may use. A breach ends the turn with an event the application can catch, never the server.",
    ),
    ("log", "What the log tells. How much of it is written is said by `RUST_LOG`, in which form by `--log`."),
    ("admin", "Who may look at calls and end them: see [Admin API](admin-api.md)."),
    (
        "model",
        "An OpenAI-compatible model that is asked what callers mean whose words are not sure, for applications that say `model = true`: see [How to use a model](howto-use-a-model.md) and [Privacy](privacy.md).",
    ),
    (
        "backoffice.reservations",
        "How the restaurant of the samples takes reservations: see [Back office API](backoffice-api.md).",
    ),
    ("app", "One table `[[app]]` for each application."),
];

/// Every key.
pub const KEYS: &[Key] = &[
    key(
        "server",
        "listen",
        "\"127.0.0.1:8080\"",
        Some("VOXBRIDGE_LISTEN"),
        "Address and port. Without checked signatures only a loopback address is accepted, as anybody who reaches the server could run the applications.",
    ),
    key(
        "server",
        "public_url",
        "",
        Some("VOXBRIDGE_PUBLIC_URL"),
        "The URL by which Twilio reaches the server, e.g. `https://ivr.example.com` of a proxy or tunnel. Signatures are checked against it and audio URLs start with it. If absent, the `Host` of each request stands for it.",
    ),
    key(
        "server",
        "workers",
        "0",
        Some("VOXBRIDGE_WORKERS"),
        "Threads that run calls; 0 takes as many as there are cores.",
    ),
    key(
        "server",
        "connections",
        "10000",
        Some("VOXBRIDGE_CONNECTIONS"),
        "Connections at a time. More wait in the system's queue until one ends; while all are taken, connections are closed after each answer. Each needs a file descriptor (`ulimit -n`).",
    ),
    key(
        "server",
        "keep_alive_seconds",
        "75",
        Some("VOXBRIDGE_KEEP_ALIVE_SECONDS"),
        "How long a connection is kept without a request. Longer than the load balancer in front keeps it, or requests meet a connection that is just being closed.",
    ),
    key(
        "twilio",
        "account_sid",
        "",
        Some("TWILIO_ACCOUNT_SID"),
        "The account (`AC…`). If given, webhooks of other accounts are refused with 403.",
    ),
    key(
        "twilio",
        "auth_token",
        "",
        Some("TWILIO_AUTH_TOKEN"),
        "The account's primary auth token, by which Twilio signs its webhooks. Better kept in the environment or in `.env` than in the file. It is never printed.",
    ),
    key(
        "twilio",
        "api_url",
        "",
        Some("TWILIO_API_URL"),
        "Twilio's REST API, from where recordings are fetched with the account's id and token when an application submits them as a file. If absent, `https://api.twilio.com`; accounts of other regions have another.",
    ),
    key(
        "twilio",
        "validate_signatures",
        "true",
        Some("VOXBRIDGE_VALIDATE_SIGNATURES"),
        "Whether a webhook without Twilio's valid signature is refused with 403. `false` is accepted on a loopback address only.",
    ),
    key(
        "twilio",
        "retries",
        "3",
        Some("VOXBRIDGE_TWILIO_RETRIES"),
        "How often Twilio repeats a request that got no answer or an error, 0 to 5. It is written into the answers' URLs as a connection override (`#rc=3&rp=all`), so that a replica that dies in the middle of a request is not heard; 0 writes none.",
    ),
    key(
        "store",
        "url",
        "\"memory:\"",
        Some("VOXBRIDGE_STORE"),
        "`memory:` (calls end with the process), `sqlite:PATH` (one machine), `redis://…`, `redis-cluster://…` or `redis-sentinel://…` (any number of replicas; `rediss…` over TLS). A relative path starts at this file's folder. If it holds a password, better kept in the environment; it is never printed.",
    ),
    key(
        "store",
        "keep_open_hours",
        "24",
        Some("VOXBRIDGE_KEEP_OPEN_HOURS"),
        "Hours the journal of an open call is kept after its last turn.",
    ),
    key(
        "store",
        "keep_ended_hours",
        "24",
        Some("VOXBRIDGE_KEEP_ENDED_HOURS"),
        "Hours the journal of a call that is over is kept.",
    ),
    key(
        "limits",
        "script_ms",
        "100",
        Some("VOXBRIDGE_SCRIPT_MS"),
        "Milliseconds of ECMAScript a turn, of the processor's time; more is `error.semantic` in the application.",
    ),
    key(
        "limits",
        "script_heap_mib",
        "16",
        Some("VOXBRIDGE_SCRIPT_HEAP_MIB"),
        "MiB of memory for a call's ECMAScript; more is `error.semantic`.",
    ),
    key(
        "limits",
        "max_transitions",
        "1000",
        Some("VOXBRIDGE_MAX_TRANSITIONS"),
        "Transitions between dialogs a call may make without listening to the caller before it is stopped.",
    ),
    key(
        "limits",
        "idle_minutes",
        "60",
        Some("VOXBRIDGE_IDLE_MINUTES"),
        "A call of which nothing was heard for so long is over; its hang-up handlers run.",
    ),
    key(
        "limits",
        "fetch_kib",
        "4096",
        Some("VOXBRIDGE_FETCH_KIB"),
        "KiB of one document, script, grammar or back-end answer; a larger one fails with `error.badfetch`.",
    ),
    key(
        "log",
        "sensitive",
        "false",
        Some("VOXBRIDGE_LOG_SENSITIVE"),
        "Whether the log shows what callers say, key in and are called by, and what documents `<log>`. Only to find a fault: otherwise it tells no more than how long each is. Tokens and passwords are never shown.",
    ),
    key(
        "limits",
        "live_calls",
        "3000",
        Some("VOXBRIDGE_LIVE_CALLS"),
        "Calls kept in memory, about 200 KiB each. Beyond that those asked for longest ago leave it; their journals stay, and the next webhook rebuilds them in a few milliseconds.",
    ),
    key(
        "limits",
        "live_seconds",
        "120",
        Some("VOXBRIDGE_LIVE_SECONDS"),
        "A call of which nothing was heard for so many seconds leaves memory; its journal stays.",
    ),
    key(
        "limits",
        "calls_per_second",
        "0",
        Some("VOXBRIDGE_CALLS_PER_SECOND"),
        "New calls a second that this replica takes, as many at once; 0: no limit. Callers beyond it hear that all lines are busy.",
    ),
    key(
        "admin",
        "token_hash",
        "",
        Some("VOXBRIDGE_ADMIN_TOKEN"),
        "The Argon2 hash of the token that opens `/admin` and `/metrics`, as `voxbridge admin-token` prints it. The environment variable holds the token itself (at least 16 characters), never the hash. Without either there are no such pages. Neither is ever printed.",
    ),
    key(
        "limits",
        "journal_entries",
        "10000",
        Some("VOXBRIDGE_JOURNAL_ENTRIES"),
        "Entries (turns, and parts of slow ones) in a call's journal; a call that needs more is over.",
    ),
    key(
        "limits",
        "journal_kib",
        "4096",
        Some("VOXBRIDGE_JOURNAL_KIB"),
        "KiB of a call's journal, fetched resources not counted; a call that needs more is over.",
    ),
    key(
        "model",
        "base_url",
        "",
        Some("VOXBRIDGE_MODEL_URL"),
        "The API's base URL, e.g. `https://api.openai.com/v1`, `https://api.mistral.ai/v1`, `http://localhost:11434/v1` of Ollama, `https://NAME.openai.azure.com` together with `api_version`. Nothing is sent anywhere else, redirects are not followed and proxies not used. A key goes over `https`, or over `http` to this machine or a private address. Without it there is no model.",
    ),
    key(
        "model",
        "name",
        "",
        Some("VOXBRIDGE_MODEL"),
        "The model's name as the endpoint knows it; at Azure, the deployment's. Required where there is a `base_url`.",
    ),
    key(
        "model",
        "api_version",
        "",
        Some("VOXBRIDGE_MODEL_API_VERSION"),
        "Azure's API version, e.g. `2024-10-21`: the URL and the key are then sent as Azure's older API expects them. Leave it out for all others.",
    ),
    key(
        "model",
        "key_variable",
        "\"VOXBRIDGE_MODEL_KEY\"",
        None,
        "The environment variable (or line of `.env`) that holds the API key. The key itself cannot stand in this file, and is never printed. Without the variable no key is sent.",
    ),
    key(
        "model",
        "reasoning_effort",
        "",
        Some("VOXBRIDGE_MODEL_EFFORT"),
        "For reasoning models: `none`, `minimal`, `low`, `medium` or `high`. Anything but the least is too slow on the telephone.",
    ),
    key(
        "model",
        "deadline_ms",
        "1500",
        Some("VOXBRIDGE_MODEL_DEADLINE_MS"),
        "Milliseconds a caller waits for the model; then what was understood without it stands. At most 5000: the webhook must be answered, too.",
    ),
    key(
        "model",
        "concurrency",
        "16",
        Some("VOXBRIDGE_MODEL_CONCURRENCY"),
        "Questions at a time. Whoever finds no place within the deadline does without.",
    ),
    key(
        "model",
        "cached_answers",
        "2000",
        Some("VOXBRIDGE_MODEL_CACHED_ANSWERS"),
        "Answers kept in memory and given again to the same words in the same state; 0 keeps none.",
    ),
    key(
        "model",
        "requests_per_call",
        "12",
        Some("VOXBRIDGE_MODEL_REQUESTS_PER_CALL"),
        "Requests for one call; 0: no limit. Counted by each replica.",
    ),
    key(
        "model",
        "tokens_per_call",
        "20000",
        Some("VOXBRIDGE_MODEL_TOKENS_PER_CALL"),
        "Tokens for one call, questions and answers; 0: no limit.",
    ),
    key(
        "model",
        "requests_per_hour",
        "2000",
        Some("VOXBRIDGE_MODEL_REQUESTS_PER_HOUR"),
        "Requests for one application in an hour; 0: no limit. Counted by each replica.",
    ),
    key(
        "model",
        "tokens_per_hour",
        "3000000",
        Some("VOXBRIDGE_MODEL_TOKENS_PER_HOUR"),
        "Tokens for one application in an hour; 0: no limit.",
    ),
    key(
        "backoffice.reservations",
        "timezone",
        "\"UTC\"",
        None,
        "The IANA time zone the restaurant lies in; what is past is by its clock. The same as that of the applications that use it.",
    ),
    key("backoffice.reservations", "opens", "\"09:00\"", None, "When it opens, every day."),
    key("backoffice.reservations", "closes", "\"22:00\"", None, "When it closes, the same day."),
    key(
        "backoffice.reservations",
        "last_minutes",
        "30",
        None,
        "The last table is given so many minutes before it closes.",
    ),
    key("backoffice.reservations", "seats", "40", None, "How many people can sit there at a time."),
    key("backoffice.reservations", "largest_party", "12", None, "The most people of one reservation."),
    key("backoffice.reservations", "sitting_minutes", "90", None, "How many minutes a table is taken."),
    key("backoffice.reservations", "days_ahead", "90", None, "How many days ahead one can reserve."),
    key(
        "app",
        "name",
        "",
        None,
        "Its name, in webhook URLs (`/twilio/voice/NAME`) and commands: letters, digits, `-`, `_`, `.`. Required.",
    ),
    key(
        "app",
        "start",
        "",
        None,
        "Its first document: a path, relative to this file, or an `http:` or `https:` URL. A `#dialog` names a dialog in it. Files are only read inside the folder the first document is in. Required.",
    ),
    key("app", "mapping", "", None, "The mapping file with labels and phrases for free speech, relative to this file."),
    key(
        "app",
        "mode",
        "\"hybrid\"",
        None,
        "`keys`: the document as written, speech only where it has speech grammars of its own. `hybrid`: free speech beside the keys. `speech`: asks in open words and reads the keys out only when the caller is lost.",
    ),
    key(
        "app",
        "model",
        "false",
        None,
        "Whether the model of `[model]` may be asked about this application's callers where their words are not sure. What leaves the machine then is told in [Privacy](privacy.md).",
    ),
    key(
        "app",
        "policy",
        "\"guided\"",
        None,
        "How much the bridge says on its own account where a caller speaks freely and neither document nor mapping say. `plain`: nothing. `guided`: it asks where it is not sure, takes several answers at once and corrections, and helps who is lost. `careful`: as `guided`, and whatever is said is confirmed. More in [Dialogue policy](dialogue-policy.md).",
    ),
    key(
        "app",
        "numbers",
        "[]",
        None,
        "The phone numbers (or SIP and client addresses) whose calls to `/twilio/voice` it answers.",
    ),
    key("app", "language", "\"en-US\"", None, "The language where a document says none."),
    key(
        "app",
        "dialect",
        "\"standard\"",
        None,
        "The platform the documents were written for: `standard`, `cisco`, `genesys`, `avaya`, `nuance` or `voximal`. What each means is in [Dialects](dialects.md).",
    ),
    key(
        "app",
        "voice",
        "",
        None,
        "Twilio's name of the voice, e.g. `Polly.Joanna`; if absent, a voice that suits the language.",
    ),
    key(
        "app",
        "timezone",
        "\"UTC\"",
        None,
        "The IANA time zone in which the application's scripts see the clock, e.g. `America/New_York`. Never the machine's own.",
    ),
    key(
        "app",
        "max_calls",
        "0",
        None,
        "Calls of this application at a time, on all replicas together; 0: no limit. Callers beyond it hear that all lines are busy.",
    ),
    key(
        "app",
        "allow_hosts",
        "[]",
        None,
        "Back-ends its documents may fetch from besides the first document's own host: `api.example.com`, `api.example.com:8443`, `*.example.com`. Redirects are held to it, too.",
    ),
    key(
        "app",
        "unanswered_submits",
        "\"fail\"",
        None,
        "What becomes of a POST whose answer was lost with the server that sent it. `fail`: it may have arrived, so it is not sent again, and the application gets `error.badfetch`. `repeat`: it is sent again with the same `Idempotency-Key` header, for back-ends that know by it what they have done already. Every POST has that header.",
    ),
    key(
        "app",
        "backoffice",
        "",
        None,
        "The host by which its documents know the server's own [back office](backoffice-api.md), e.g. `http://reservations.internal`. What they ask of it is answered in this process: no request leaves, and no name is looked up. If absent, the application has no back office.",
    ),
    key(
        "app",
        "allow_addresses",
        "[]",
        None,
        "Addresses and networks at which those hosts may lie though they are not public: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`. Without it a host whose name leads to a private, loopback, link-local or otherwise special address is not asked, so that no document and no name server leads voxbridge into your own network or to a cloud's metadata. An address or `localhost` written in `start`, `allow_hosts` or the `url` of an `object` counts as listed.",
    ),
    key(
        "app",
        "allow_transfers",
        "",
        None,
        "Patterns of the destinations its transfers may have, as numbers are dialled: `[\"+1555*\", \"sip:*@pbx.example.com\"]`, `*` standing for any run of characters; `[\"*\"]` for any whatever, `[]` for none. Every destination must match one. If absent, a destination that the document writes (`dest`) is called, and one that a script computes (`destexpr`) is not: `error.connection.noauthorization`, so that callers cannot choose whom the account calls and pays for.",
    ),
    key(
        "app",
        "object",
        "[]",
        None,
        "Web services that its documents know as `<object>`, a table `[[app.object]]` each: `classid`, how documents name it; `url`, relative to the first document; `method`, `\"get\"` (the default) or `\"post\"`; `params`, the names of the parameters it takes, all of which must be given (any, if absent). Parameters are sent as form fields, the JSON or text that comes back is the item's value. Its host is allowed like those of `allow_hosts`.",
    ),
    key(
        "app",
        "fallback",
        "",
        None,
        "What callers hear when a call breaks, a table `[app.fallback]`: `message`, a text (if absent, an apology in the application's language); `transfer`, a number or SIP address they are connected to then (if absent, the call ends). It is heard when voxbridge itself fails, when a call cannot be rebuilt, and, if the table is there, when an error nobody caught ends the application.",
    ),
    key(
        "app",
        "busy",
        "",
        None,
        "What callers hear for whom there is no room (`limits`), a table `[app.busy]` with `message` and `transfer` like `fallback`.",
    ),
];

const fn key(
    table: &'static str,
    name: &'static str,
    default: &'static str,
    env: Option<&'static str>,
    text: &'static str,
) -> Key {
    Key { table, name, default, env, text }
}

/// The configuration reference as Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         <!-- Made by `voxbridge docs config > docs/configuration.md` from src/server/keys.rs. -->\n\n\
         `voxbridge serve --config voxbridge.toml` reads one TOML file. An unknown key is refused with its line. Where a key\n\
         names an environment variable, the variable wins over the file; a `.env` file beside the configuration (or where the\n\
         command runs) is read, too, and real variables win over it. Relative paths start at the configuration's folder.\n",
    );
    for (table, text) in TABLES {
        let heading = if *table == "app" { "[[app]]".to_owned() } else { format!("[{table}]") };
        let _ = write!(
            page,
            "\n## `{heading}`\n\n{text}\n\n| key | default | environment | meaning |\n| --- | --- | --- | --- |\n"
        );
        for key in KEYS.iter().filter(|key| key.table == *table) {
            let default = if key.default.is_empty() { String::new() } else { format!("`{}`", key.default) };
            let env = key.env.map(|env| format!("`{env}`")).unwrap_or_default();
            let _ = writeln!(page, "| `{}` | {default} | {env} | {} |", key.name, key.text);
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::Config;
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    fn example() -> serde_json::Value {
        let text = "[[app]]\nname = \"a\"\nstart = \"b\"\n";
        serde_json::to_value(Config::parse(text, "x.toml", PathBuf::new()).unwrap()).unwrap()
    }

    #[test]
    fn every_key_is_described_and_every_description_has_a_key() {
        let mut real = BTreeSet::new();
        for (table, keys) in example().as_object().unwrap() {
            let keys = if let Some(list) = keys.as_array() { &list[0] } else { keys };
            for (key, value) in keys.as_object().unwrap() {
                match value.as_object() {
                    Some(below) => real.extend(below.keys().map(|below| format!("{table}.{key}.{below}"))),
                    None => drop(real.insert(format!("{table}.{key}"))),
                }
            }
        }
        let described = KEYS.iter().map(|key| format!("{}.{}", key.table, key.name)).collect::<BTreeSet<_>>();
        assert_eq!(real, described);
    }

    #[test]
    fn the_defaults_are_as_described() {
        let example = example();
        for key in KEYS.iter().filter(|key| !key.default.is_empty()) {
            let table = example.pointer(&format!("/{}", key.table.replace('.', "/"))).unwrap();
            let real = table.get(0).unwrap_or(table)[key.name].clone();
            let described: toml::Table = toml::from_str(&format!("x = {}", key.default)).unwrap();
            assert_eq!(real, serde_json::to_value(&described["x"]).unwrap(), "{}.{}", key.table, key.name);
        }
    }

    #[test]
    fn the_reference_has_a_row_for_every_key() {
        let page = reference();
        assert!(KEYS.iter().all(|key| page.contains(&format!("\n| `{}` |", key.name))), "{page}");
    }
}
