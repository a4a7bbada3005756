use super::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
    let config = Config::parse(text, "voxbridge.toml", PathBuf::new())?;
    config.check().map(|()| config)
}

fn error(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

const APP: &str = "[[app]]\nname = \"bank\"\nstart = \"main.vxml\"\n";

#[test]
fn an_application_needs_only_name_and_start() {
    let config = parse(APP).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.app[0].mode, ModeName::Hybrid);
    assert!(config.twilio.validate_signatures && !config.signed());
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let text = error(&format!("[server]\nlisten = \"127.0.0.1:1\"\nlissten = 3\n{APP}"));
    assert!(text.starts_with("voxbridge.toml:3:1:") && text.contains("lissten") && text.contains("docs"), "{text}");
    let text = error(&format!("{APP}mode = \"loud\"\n"));
    assert!(text.starts_with("voxbridge.toml:4:") && text.contains("hybrid"), "{text}");
}

#[test]
fn an_application_names_its_dialect() {
    assert_eq!(parse(APP).unwrap().app[0].dialect, Dialect::Standard);
    assert_eq!(parse(&format!("{APP}dialect = \"genesys\"\n")).unwrap().app[0].dialect, Dialect::Genesys);
    let text = error(&format!("{APP}dialect = \"klingon\"\n"));
    assert!(text.starts_with("voxbridge.toml:4:") && text.contains("voximal"), "{text}");
}

#[test]
fn names_and_numbers_belong_to_one_application() {
    let text = error(&format!("{APP}\n{APP}"));
    assert!(text.starts_with("voxbridge.toml:6:") && text.contains("bank"), "{text}");
    let two = format!("{APP}numbers = [\"+1 (555) 010-9999\"]\n{}", APP.replace("bank", "air"));
    let text = error(&format!("{two}numbers = [\"+15550109999\"]\n"));
    assert!(text.contains("two applications"), "{text}");
    assert!(error(&APP.replace("bank", "my bank")).contains("my bank"));
}

#[test]
fn numbers_languages_limits_and_urls_must_make_sense() {
    for (line, place, about) in [
        ("numbers = [\"\"]", "4:12", "no number"),
        ("language = \"english\"", "4:12", "english"),
        ("allow_transfers = [\"+1*\", \"555*\"]", "4:27", "555*"),
        ("[limits]\nidle_minutes = 0", "5:1", "idle_minutes"),
        ("[server]\n\n  workers = 1000000", "6:3", "workers"),
        ("[server]\npublic_url = \"ftp://a.example\"", "5:1", "public_url"),
        ("[server]\npublic_url = \"https://:pass@a.example\"", "5:1", "public_url"),
        ("[server]\nlisten = \"here\"", "5:10", "socket address"),
        ("[twilio]\nretries = 6", "5:1", "5 times"),
        ("[app.fallback]\ntransfer = \"nobody\"", "5:12", "cannot be dialled"),
        ("[app.busy]\nmessage = \" \"", "5:11", "0 characters"),
        ("[store]\nkeep_open_hours = 0", "5:1", "keep_open_hours"),
        ("[limits]\njournal_kib = 0", "5:1", "journal_kib"),
        ("[twilio]\napi_url = \"http://api.example.com\"", "5:1", "api_url"),
    ] {
        for ends in ["\n", "\r\n"] {
            let text = error(&format!("{APP}{line}\n").replace('\n', ends));
            assert!(text.starts_with(&format!("voxbridge.toml:{place}:")) && text.contains(about), "{text}");
        }
    }
}

#[test]
fn an_empty_token_is_none_that_could_be_checked() {
    for empty in ["", "  "] {
        let text = error(&format!("[server]\nlisten = \"0.0.0.0:80\"\n{APP}[twilio]\nauth_token = \"{empty}\"\n"));
        assert!(text.starts_with("voxbridge.toml:7:1:") && text.contains("auth_token is empty"), "{text}");
    }
}

#[test]
fn without_signatures_only_a_loopback_address_is_listened_on() {
    let open = format!("[server]\nlisten = \"0.0.0.0:8080\"\n{APP}");
    assert!(error(&open).contains("TWILIO_AUTH_TOKEN"));
    let signed = format!("{open}[twilio]\nauth_token = \"secret\"\n");
    assert!(parse(&signed).unwrap().signed());
    assert!(error(&format!("{signed}validate_signatures = false\n")).contains("validate_signatures"));
    assert!(parse(&open.replace("0.0.0.0", "[::1]")).is_ok());
}

#[test]
fn the_token_is_never_printed() {
    let config = parse(&format!("{APP}[twilio]\nauth_token = \"s3cr3t\"\n")).unwrap();
    assert!(!format!("{config:?}").contains("s3cr3t"));
    for wrong in [
        "[twilio]\nauth_token = s3cr3t",
        "[twilio]\nauth_tokn = \"s3cr3t\"",
        "[twilio]\nauth_token = \"s3cr3t",
        "[twilio]\nauth_token = 0x53c3\n# s3cr3t",
        "[twilio]\naccount_sid = \"AC1\"\ntoken: s3cr3t",
        "[twilio]\nauth_token = [\"s3cr3t\"]",
    ] {
        let error = parse(&format!("{APP}{wrong}\n")).unwrap_err();
        assert!(!format!("{error:?}").contains("s3cr3t") && !error.to_string().contains("21443"), "{error:?}");
        assert!(error.0.position.is_some(), "{error:?}");
    }
}

#[test]
fn the_password_of_the_store_is_never_printed() {
    let config = parse(&format!("{APP}[store]\nurl = \"redis://:s3cr3t@a.example\"\n")).unwrap();
    assert!(!format!("{config:?}").contains("s3cr3t"));
    for wrong in [
        "[store]\nurl = redis://:s3cr3t@a.example",
        "[store]\nurll = \"redis://:s3cr3t@a.example\"",
        "[store]\nurl = [\"redis://:s3cr3t@a.example\"]",
        "[store]\nkeep_open_hours = 0 # s3cr3t",
        "[limits]\nurl = \"redis://:s3cr3t@a.example\"",
    ] {
        let error = parse(&format!("{APP}{wrong}\n")).unwrap_err();
        assert!(!format!("{error:?}{error}").contains("s3cr3t"), "{error:?}");
        assert!(error.0.position.is_some(), "{error:?}");
    }
}

#[test]
fn numbers_are_compared_by_their_digits() {
    assert_eq!(normal_number(" +1 (555) 010-9999"), "+15550109999");
    assert_eq!(normal_number("Client:Bob"), "client:bob");
    assert_eq!(normal_number("sip:1234@Example.com"), "sip:1234@example.com");
}

#[test]
fn a_model_is_configured_soundly_or_not_at_all() {
    let model = |text: &str| format!("[model]\n{text}\n{APP}model = true\n");
    parse(&model("base_url = \"http://localhost:11434/v1\"\nname = \"m\"")).unwrap();
    for (text, wrong, line) in [
        ("", "there is none", "voxbridge.toml:6:"),
        ("base_url = \"ftp://a/v1\"\nname = \"m\"", "base_url", "voxbridge.toml:2:"),
        ("base_url = \"https://me:pw@a.example/v1\"\nname = \"m\"", "base_url", "voxbridge.toml:2:"),
        ("base_url = \"https://a.example/v1\"", "model.name", "voxbridge.toml"),
        ("base_url = \"https://a.example/v1\"\nname = \"m\"\ndeadline_ms = 9000", "deadline_ms", "voxbridge.toml:4:"),
        ("base_url = \"https://a.example/v1\"\nname = \"m\"\nconcurrency = 0", "concurrency", "voxbridge.toml:4:"),
        ("key = \"sk-0123\"", "unknown field", "voxbridge.toml:2:"),
    ] {
        let text = error(&model(text));
        assert!(
            text.contains(wrong) && text.starts_with(line) && !text.contains("pw") && !text.contains("sk-"),
            "{text}"
        );
    }
}

#[test]
fn a_models_key_does_not_travel_in_the_open() {
    let with_key = |url: &str| {
        let text = format!("[model]\nbase_url = \"{url}\"\nname = \"m\"\n{APP}model = true\n");
        let mut config = Config::parse(&text, "voxbridge.toml", PathBuf::new()).unwrap();
        config.model.key = Some("sk-0123".into());
        config.check()
    };
    for url in
        ["http://127.0.0.1:8000/v1", "http://10.0.0.7:8000/v1", "http://vllm:8000/v1", "https://api.example.com/v1"]
    {
        with_key(url).unwrap();
    }
    for url in ["http://api.example.com/v1", "http://198.51.100.7/v1"] {
        assert!(with_key(url).unwrap_err().to_string().contains("in the open"), "{url}");
    }
}
